using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;
using Crescent.Server.Artifacts;
using Crescent.Storage.Studies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crescent.Server.Studies;

/// <summary>What a study has found so far: as JSON, as one page, and its figures. Made anew at each request, since it changes with every experiment.</summary>
internal static class StudyReportApi
{
    public static void MapStudyReport(this RouteGroupBuilder group)
    {
        group.MapGet("/{id}/result", ResultAsync).WithName("GetStudyResult").WithSummary("What the study has found so far: aggregates over seeds, claims across cells, comparisons, compute.").ProducesProblem(404);
        group.MapGet("/{id}/report", ReportAsync).WithName("GetStudyReport").WithSummary("The same as one HTML page with figures.").Produces<string>(200, "text/html").ProducesProblem(404);
        group.MapGet("/{id}/figures", ListFiguresAsync).WithName("ListStudyFigures").WithSummary("The study's figures.").ProducesProblem(404);
        group.MapGet("/{id}/figures/{name}", GetFigureAsync).WithName("GetStudyFigure").WithSummary("A figure of the study as SVG, CSV or JSON, by ?format= or Accept.").ProducesProblem(404).ProducesProblem(406);
    }

    private static async Task<ContentHttpResult> ResultAsync(string id, IStudyStore studies, StudyResults results, CancellationToken cancellation) =>
        TypedResults.Text(JobJson.Write(await ReadAsync(id, studies, results, cancellation)), "application/json");

    private static async Task<ContentHttpResult> ReportAsync(string id, HttpContext http, IStudyStore studies, StudyResults results, CancellationToken cancellation)
    {
        var result = await ReadAsync(id, studies, results, cancellation);

        // The page brings everything along; nothing that found its way into it may call out.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";
        return TypedResults.Text(StudyPage.Render(result, StudyFigures.Of(result), experiment => $"/api/v1/experiments/{experiment}/report"), "text/html; charset=utf-8");
    }

    private static async Task<Ok<IReadOnlyList<FigureView>>> ListFiguresAsync(string id, IStudyStore studies, StudyResults results, CancellationToken cancellation) =>
        TypedResults.Ok<IReadOnlyList<FigureView>>([.. (await FiguresAsync(id, studies, results, cancellation)).Select(figure => new FigureView(figure.Name, FigureFormats.Names))]);

    private static async Task<ContentHttpResult> GetFigureAsync(string id, string name, HttpRequest request, IStudyStore studies, StudyResults results, CancellationToken cancellation, string? format = null)
    {
        var figures = await FiguresAsync(id, studies, results, cancellation);
        var figure = figures.FirstOrDefault(known => known.Name == name) ?? throw new CrescentException("figure-not-found", figures.Count == 0
            ? $"Study {id} has no figures yet: none of its experiments counts. Ask again once one has succeeded."
            : $"Study {id} has no figure '{name}'; it has: {string.Join(", ", figures.Select(known => known.Name))}.");
        return FigureFormats.Choose(format, request.GetTypedHeaders().Accept) switch
        {
            "csv" => TypedResults.Text(figure.ToCsv(), "text/csv; charset=utf-8"),
            "json" => TypedResults.Text(figure.ToJson(), "application/json"),
            _ => TypedResults.Text(figure.ToSvg(), "image/svg+xml"),
        };
    }

    private static async Task<IReadOnlyList<Figure>> FiguresAsync(string id, IStudyStore studies, StudyResults results, CancellationToken cancellation) =>
        StudyFigures.Of(await ReadAsync(id, studies, results, cancellation));

    private static async Task<StudyResultDocument> ReadAsync(string id, IStudyStore studies, StudyResults results, CancellationToken cancellation) =>
        await results.ReadAsync(await StudiesApi.RequireAsync(studies, id, cancellation), cancellation);
}
