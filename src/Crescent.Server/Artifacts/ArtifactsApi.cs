using Crescent.Kernels.Jobs;
using Crescent.Server.Experiments;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Crescent.Server.Artifacts;

/// <summary>What an experiment made: every artifact by hash, and by name its figures, its report and its result.</summary>
internal static class ArtifactsApi
{
    public static RouteGroupBuilder MapArtifacts(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/experiments/{id}").WithTags("Artifacts").ProducesProblem(404);
        group.MapGet("/artifacts", ListAsync).WithName("ListArtifacts").WithSummary("Every artifact of the experiment, in commit order.");
        group.MapGet("/artifacts/{sha256}", DownloadAsync).WithName("DownloadArtifact").WithSummary("The bytes of an artifact; ranges and If-None-Match work.").ProducesProblem(410);
        group.MapGet("/figures", ListFiguresAsync).WithName("ListFigures").WithSummary("The experiment's figures.");
        group.MapGet("/figures/{name}", GetFigureAsync).WithName("GetFigure").WithSummary("A figure as SVG, CSV or JSON, by ?format= or Accept.").ProducesProblem(406);
        group.MapGet("/report", GetReportAsync).WithName("GetReport").WithSummary("The report, one self-contained HTML page.");
        group.MapGet("/result", GetResultAsync).WithName("GetResult").WithSummary("The result document: checkpoints, spectra, interventions, claims.");
        return api;
    }

    private static async Task<Ok<IReadOnlyList<ArtifactView>>> ListAsync(string id, IExperimentStore store, CancellationToken cancellation)
    {
        var artifacts = await ArtifactsAsync(id, store, cancellation);
        return TypedResults.Ok<IReadOnlyList<ArtifactView>>([.. artifacts.Select(ArtifactView.From)]);
    }

    private static async Task<FileStreamHttpResult> DownloadAsync(string id, string sha256, HttpContext http, IExperimentStore store, IBlobStore blobs, CancellationToken cancellation)
    {
        // Only hashes that the catalog lists for this experiment are ever opened.
        var found = (await ArtifactsAsync(id, store, cancellation)).FirstOrDefault(item => item.Artifact.Sha256 == sha256)
            ?? throw new CrescentException("artifact-not-found", $"Experiment {id} has no artifact with hash '{sha256}'. `crescent artifact list {id}` shows those there are.");
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = found.Artifact.Name }.ToString();
        return await SendAsync(found.Artifact, blobs, cancellation);
    }

    private static async Task<Ok<IReadOnlyList<FigureView>>> ListFiguresAsync(string id, IExperimentStore store, CancellationToken cancellation) =>
        TypedResults.Ok(FigureView.From(await ArtifactsAsync(id, store, cancellation)));

    private static async Task<FileStreamHttpResult> GetFigureAsync(
        string id, string name, HttpRequest request, IExperimentStore store, IBlobStore blobs, CancellationToken cancellation, string? format = null)
    {
        var figures = Named(await ArtifactsAsync(id, store, cancellation), ArtifactKinds.Figure);
        var known = FigureView.Names(figures);
        if (!known.Contains(name, StringComparer.Ordinal))
        {
            throw new CrescentException("figure-not-found", known.Count == 0
                ? $"Experiment {id} has no figures yet; the report run makes them last. Ask again once it has succeeded."
                : $"Experiment {id} has no figure '{name}'; it has: {string.Join(", ", known)}.");
        }

        var extension = FigureFormats.Choose(format, request.GetTypedHeaders().Accept);
        var figure = figures.FirstOrDefault(item => item.Name == $"{name}.{extension}")
            ?? throw new CrescentException("format-not-acceptable", $"Figure '{name}' has no {extension} form; ask for svg, csv or json.");
        return await SendAsync(figure, blobs, cancellation);
    }

    private static async Task<FileStreamHttpResult> GetReportAsync(string id, HttpContext http, IExperimentStore store, IBlobStore blobs, CancellationToken cancellation)
    {
        var report = await RequireAsync(id, ArtifactKinds.Report, store, cancellation);

        // The page brings everything along; nothing that found its way into it may call out.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; font-src data:";
        return await SendAsync(report, blobs, cancellation);
    }

    private static async Task<FileStreamHttpResult> GetResultAsync(string id, IExperimentStore store, IBlobStore blobs, CancellationToken cancellation) =>
        await SendAsync(await RequireAsync(id, ArtifactKinds.Result, store, cancellation), blobs, cancellation);

    private static async Task<ArtifactReference> RequireAsync(string id, string kind, IExperimentStore store, CancellationToken cancellation) =>
        Named(await ArtifactsAsync(id, store, cancellation), kind).LastOrDefault()
        ?? throw new CrescentException("report-not-found", $"Experiment {id} has no {kind} yet; the report run makes it last. `crescent experiment watch {id}` shows how far it is.");

    private static async Task<IReadOnlyList<RunArtifact>> ArtifactsAsync(string id, IExperimentStore store, CancellationToken cancellation)
    {
        await store.RequireAsync(id, cancellation);
        return await store.ArtifactsAsync(id, cancellation);
    }

    private static List<ArtifactReference> Named(IEnumerable<RunArtifact> artifacts, string kind) => [.. artifacts.Select(item => item.Artifact).Where(artifact => artifact.Kind == kind)];

    private static async Task<FileStreamHttpResult> SendAsync(ArtifactReference artifact, IBlobStore blobs, CancellationToken cancellation) => TypedResults.Stream(
        await blobs.OpenAsync(artifact.Sha256, cancellation), artifact.MediaType, entityTag: new EntityTagHeaderValue($"\"{artifact.Sha256}\""), enableRangeProcessing: true);
}
