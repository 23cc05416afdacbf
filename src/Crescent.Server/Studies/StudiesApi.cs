using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Studies;
using Crescent.Kernels.Jobs;
using Crescent.Server.Experiments;
using Crescent.Server.Hosting;
using Crescent.Storage.Experiments;
using Crescent.Storage.Studies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Orleans;

namespace Crescent.Server.Studies;

/// <summary><c>/api/v1/studies</c>: submit, read, and the verbs.</summary>
internal static class StudiesApi
{
    private const int MaxList = 200;

    public static void MapStudies(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/studies").WithTags("Studies");
        group.MapPost("", CreateAsync).WithName("CreateStudy").WithSummary("Submits a study: a base, axes and seeds. Its experiments are submitted as their turn comes.")
            .Accepts<string>("application/json", "application/yaml").ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);
        group.MapGet("", ListAsync).WithName("ListStudies").WithSummary("Lists studies, newest first.").ProducesProblem(400);
        group.MapGet("/{id}", GetAsync).WithName("GetStudy").WithSummary("The study with its cells and where their experiments are.").ProducesProblem(404);
        group.MapPost("/{id}/extend", ExtendAsync).WithName("ExtendStudy").WithSummary("Takes a document with more values or seeds; only what is new is run.")
            .Accepts<string>("application/json", "application/yaml").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);
        group.MapPost("/{id}/retry", RetryAsync).WithName("RetryStudy").WithSummary("Tries the failed experiments again: their failed runs and what was skipped because of them. Idempotent.").ProducesProblem(404).ProducesProblem(409);
        group.MapPost("/{id}/cancel", CancelAsync).WithName("CancelStudy").WithSummary("Cancels what is under way and submits no more. Idempotent.").ProducesProblem(404);
        group.MapStudyReport();
    }

    private static async Task<Accepted<StudyView>> CreateAsync(
        HttpRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, IStudyStore studies, IGrainFactory grains, DiskSpace disk, TimeProvider time, CancellationToken cancellation)
    {
        disk.Require();
        var document = await ExperimentDocument.ReadNodeAsync(request, cancellation);
        var json = document?.ToJsonString(JobJson.Options) ?? "null";
        var spec = StudySpecReader.Read(document);
        var row = Row($"s{ExperimentIds.Next(time)[1..]}", spec, json, time);
        var stored = await studies.CreateAsync(row, Cells(row.Id, spec), IdempotencyKeys.Read(idempotencyKey, json), cancellation);
        return await AnswerAsync(stored.Id, studies, grains, cancellation);
    }

    private static async Task<Accepted<StudyView>> ExtendAsync(string id, HttpRequest request, IStudyStore studies, IGrainFactory grains, DiskSpace disk, TimeProvider time, CancellationToken cancellation)
    {
        disk.Require();
        var study = await RequireAsync(studies, id, cancellation);
        var document = await ExperimentDocument.ReadNodeAsync(request, cancellation);
        var spec = StudySpecReader.Read(document);
        var cells = Cells(id, spec);
        var kept = cells.Select(cell => (cell.ExperimentId, cell.SpecHash)).ToHashSet();
        if ((await studies.CellsAsync(id, cancellation)).FirstOrDefault(cell => !kept.Contains((cell.ExperimentId, cell.SpecHash))) is { } lost)
        {
            throw new CrescentException("study-invalid", $"An extension only adds: cell '{lost.Cell}' with seed {lost.Seed} is not in the document as it was. Keep name, question, base, axes, values and seeds, and add to them.");
        }

        if (study.Phase is Phases.Cancelling or Phases.Cancelled)
        {
            throw new CrescentException("phase-conflict", $"The study is {study.Phase}. Submit it anew: what is done comes from the work cache.");
        }

        await studies.ExtendAsync(Row(id, spec, document!.ToJsonString(JobJson.Options), time), cells, cancellation);
        return await AnswerAsync(id, studies, grains, cancellation);
    }

    private static async Task<Accepted<StudyView>> RetryAsync(
        string id, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, IStudyStore studies, ExperimentRequests requests, IGrainFactory grains, CancellationToken cancellation)
    {
        var study = await RequireAsync(studies, id, cancellation);
        var failed = (await studies.CellsAsync(id, cancellation)).Where(cell => cell.Phase == Phases.Failed).ToList();
        if (failed.Count == 0 && idempotencyKey is null)
        {
            throw new CrescentException("phase-conflict", "No experiment of the study has failed.");
        }

        foreach (var cell in failed)
        {
            var key = idempotencyKey is null ? null : IdempotencyKeys.Read($"{idempotencyKey}/{cell.ExperimentId}", id);
            await requests.AcceptAsync(cell.ExperimentId, RequestVerbs.Retry, "{}", key, cancellation);
        }

        await studies.MoveAsync(id, Phases.Failed, Phases.Running, cancellation);
        return await AnswerAsync(study.Id, studies, grains, cancellation);
    }

    private static async Task<Accepted<StudyView>> CancelAsync(string id, IStudyStore studies, IGrainFactory grains, CancellationToken cancellation)
    {
        await RequireAsync(studies, id, cancellation);
        await studies.MoveAsync(id, Phases.Running, Phases.Cancelling, cancellation);
        return await AnswerAsync(id, studies, grains, cancellation);
    }

    private static async Task<Ok<StudyList>> ListAsync(IStudyStore studies, CancellationToken cancellation, int limit = 50, string? cursor = null)
    {
        if (limit is < 1 or > MaxList)
        {
            throw new CrescentException("request-invalid", $"limit is {limit}; ask for 1 to {MaxList} studies a page.");
        }

        var page = await studies.ListAsync(limit, cursor, cancellation);
        return TypedResults.Ok(new StudyList([.. page.Studies.Select(StudySummary.From)], page.NextCursor));
    }

    private static async Task<Ok<StudyView>> GetAsync(string id, IStudyStore studies, CancellationToken cancellation) => TypedResults.Ok(await ViewAsync(id, studies, cancellation));

    /// <summary>The study is stored: a client that leaves now must not keep it from going on.</summary>
    private static async Task<Accepted<StudyView>> AnswerAsync(string id, IStudyStore studies, IGrainFactory grains, CancellationToken cancellation)
    {
        await grains.GetGrain<IStudyGrain>(id).ReconcileAsync(CancellationToken.None);
        return TypedResults.Accepted($"/api/v1/studies/{id}", await ViewAsync(id, studies, cancellation));
    }

    private static async Task<StudyView> ViewAsync(string id, IStudyStore studies, CancellationToken cancellation) =>
        StudyView.From(await RequireAsync(studies, id, cancellation), await studies.CellsAsync(id, cancellation), await studies.RunCountsAsync(id, cancellation));

    internal static async Task<StudyRow> RequireAsync(IStudyStore studies, string id, CancellationToken cancellation) =>
        (id.Length <= 40 && id.All(char.IsAsciiLetterOrDigit) ? await studies.FindAsync(id, cancellation) : null)
        ?? throw new CrescentException("study-not-found", $"There is no study '{id}'. `crescent study list` shows those there are.");

    private static StudyRow Row(string id, StudySpec spec, string document, TimeProvider time) =>
        new(id, spec.Name, spec.Question, document, Phases.Running, spec.MaxRunning, spec.MaxJobs, time.GetUtcNow(), null);

    private static IReadOnlyList<StudyCellDraft> Cells(string id, StudySpec spec) =>
        [.. StudyExpansion.Of(id, spec).Select(cell => new StudyCellDraft(cell.ExperimentId, cell.Cell, cell.Seed, ExperimentSpecReader.Hash(cell.Spec), ExperimentSpecReader.Write(cell.Spec)))];
}
