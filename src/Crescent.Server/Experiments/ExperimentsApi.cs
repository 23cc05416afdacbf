using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;
using Crescent.Server.Hosting;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Orleans;

namespace Crescent.Server.Experiments;

/// <summary><c>/api/v1/experiments</c>: submit, read, and the verbs.</summary>
internal static class ExperimentsApi
{
    private const int MaxPage = 200;

    public static RouteGroupBuilder MapExperiments(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/experiments").WithTags("Experiments");
        group.MapPost("", CreateAsync).WithName("CreateExperiment").WithSummary("Submits an experiment.")
            .Accepts<string>("application/json", "application/yaml")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);
        group.MapGet("", ListAsync).WithName("ListExperiments").WithSummary("Lists experiments, newest first.").ProducesProblem(400);
        group.MapGet("/{id}", GetAsync).WithName("GetExperiment").WithSummary("The experiment with its runs, their progress and remaining time.").ProducesProblem(404);
        group.MapGet("/{id}/spec", GetSpecAsync).WithName("GetExperimentSpec").WithSummary("The resolved spec: preset applied, every value present.")
            .Produces<ExperimentSpec>().ProducesProblem(404);
        group.MapGet("/{id}/events", ExperimentEvents.Follow).WithName("FollowExperiment")
            .WithSummary("Server-sent events; id = sequence. Resumes after Last-Event-ID and ends when the experiment has ended.").ProducesProblem(404);
        group.MapGet("/{id}/runs/{run}/metrics", GetMetricsAsync).WithName("GetRunMetrics").WithSummary("Metric points of a run, by name and step. Escape the slash of the run's id.").ProducesProblem(404);
        group.MapRequests();
        group.MapFork();
        group.MapCompute();
        return api;
    }

    private static async Task<Results<Created<ExperimentSummary>, Ok<ExperimentSummary>>> CreateAsync(
        HttpRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, IExperimentStore store, IBlobStore blobs, IGrainFactory grains, DiskSpace disk, TimeProvider time, CancellationToken cancellation)
    {
        disk.Require();
        var spec = await ExperimentDocument.ReadAsync(request, cancellation);
        await RequireReferenceAsync(spec, blobs, cancellation);
        var key = IdempotencyKeys.Read(idempotencyKey, ExperimentSpecReader.Write(spec));
        var (stored, isNew) = await ExperimentSubmit.StoreAsync(spec, key, store, grains, time, cancellation);
        var view = ExperimentSummary.From(stored, time.GetUtcNow());
        return isNew ? TypedResults.Created($"/api/v1/experiments/{stored.Id}", view) : TypedResults.Ok(view);
    }

    /// <summary>A checkpoint that the spec names by its hash must be there before the experiment is stored.</summary>
    private static async Task RequireReferenceAsync(ExperimentSpec spec, IBlobStore blobs, CancellationToken cancellation)
    {
        if (SftInputs.Reference(spec.Sft.Objective) is { } reference && ObjectiveReferences.IsHash(reference) && !await blobs.VerifyAsync(reference, cancellation))
        {
            var problem = new SpecProblem("sft.objective.reference", $"No artifact {reference} is stored here, or it is damaged; give the SHA-256 of a checkpoint as an experiment's artifacts list it.");
            throw new CrescentException("spec-invalid", $"The experiment cannot be started: {problem.Field}: {problem.Message}") { Problems = [problem] };
        }
    }

    private static async Task<Ok<ExperimentList>> ListAsync(IExperimentStore store, TimeProvider time, CancellationToken cancellation, int limit = 50, string? cursor = null)
    {
        if (limit is < 1 or > MaxPage)
        {
            throw new CrescentException("request-invalid", $"limit is {limit}; ask for 1 to {MaxPage} experiments a page.");
        }

        var page = await store.ListAsync(limit, cursor, cancellation);
        return TypedResults.Ok(new ExperimentList([.. page.Experiments.Select(row => ExperimentSummary.From(row, time.GetUtcNow()))], page.NextCursor));
    }

    private static async Task<Ok<ExperimentView>> GetAsync(string id, IExperimentStore store, IJobQueue jobs, DiskSpace disk, TimeProvider time, CancellationToken cancellation) =>
        TypedResults.Ok(await ViewAsync(id, store, jobs, disk, time, cancellation));

    private static async Task<ContentHttpResult> GetSpecAsync(string id, IExperimentStore store, CancellationToken cancellation)
    {
        var row = await store.RequireAsync(id, cancellation);
        return TypedResults.Text(await store.ReadSpecAsync(row.SpecHash, cancellation), "application/json");
    }

    private static async Task<Ok<IReadOnlyList<MetricPoint>>> GetMetricsAsync(string id, string run, IExperimentStore store, CancellationToken cancellation)
    {
        await store.RequireAsync(id, cancellation);

        // Routing leaves %2F alone.
        var runId = $"{id}/{Uri.UnescapeDataString(run)}";
        var runs = await store.RunsAsync(id, cancellation);
        if (!runs.Any(row => row.RunId == runId))
        {
            throw new CrescentException("run-not-found", $"Experiment {id} has no run '{Uri.UnescapeDataString(run)}'; it has: {string.Join(", ", runs.Select(RunView.ShortId))}.");
        }

        return TypedResults.Ok(await store.MetricsAsync(runId, cancellation));
    }

    /// <summary>An experiment as <c>GET</c> shows it.</summary>
    internal static async Task<ExperimentView> ViewAsync(string id, IExperimentStore store, IJobQueue jobs, DiskSpace disk, TimeProvider time, CancellationToken cancellation)
    {
        var row = await store.RequireAsync(id, cancellation);
        List<RunRow> runs = [.. (await store.RunsAsync(id, cancellation)).Select(Settled)];
        var waits = new Dictionary<string, JobWait>(StringComparer.Ordinal);
        foreach (var job in runs.Select(run => run.Job).OfType<JobView>().Where(job => job.Phase == JobPhase.Queued).Select(job => job.Key).Distinct())
        {
            if (await jobs.ExplainWaitAsync(job, cancellation) is { } wait)
            {
                waits.Add(job, wait);
            }
        }

        return ExperimentView.From(row, runs, waits, time.GetUtcNow(), ExperimentPhases.IsTerminal(row.Phase) ? null : disk.Problem());
    }

    /// <summary>A run that has succeeded has what it wanted of its job, whatever the job does for others since.</summary>
    private static RunRow Settled(RunRow run) =>
        run is { Phase: "succeeded", Job: { } job } ? run with { Job = job with { Phase = JobPhase.Succeeded, Owner = null, ResumedFrom = null, Failure = null } } : run;
}
