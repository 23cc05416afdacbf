using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Server.Hosting;
using Crescent.Storage.Experiments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Orleans;

namespace Crescent.Server.Experiments;

/// <summary>The verbs on an experiment that is there. Each is stored before it is answered with 202; the experiment's grain takes it in, now or after whatever keeps it from doing so.</summary>
internal static class RequestsApi
{
    private const string KeyHeader = "Idempotency-Key";

    public static void MapRequests(this RouteGroupBuilder experiments)
    {
        Map(experiments, RequestVerbs.Pause, "PauseExperiment", "Pauses; running jobs keep their snapshots.");
        Map(experiments, RequestVerbs.Resume, "ResumeExperiment", "Goes on after a pause.");
        Map(experiments, RequestVerbs.Cancel, "CancelExperiment", "Cancels for good.");
        Map(experiments, RequestVerbs.Retry, "RetryExperiment", "Tries again the runs that have failed, and those that were skipped because of them; nothing else.");
        experiments.MapPost("/{id}/extend", ExtendAsync).WithName("ExtendExperiment")
            .WithSummary("Adds checkpoints, recovery starts, controls, spectra or interventions to a finished experiment. What is done is reused.")
            .Accepts<string>("application/json", "application/yaml").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);
        experiments.MapGet("/{id}/requests/{number:long}", GetAsync).WithName("GetExperimentRequest").WithSummary("What became of a request: the address that a 202 gives as Operation-Location.").ProducesProblem(404);
    }

    private static void Map(RouteGroupBuilder experiments, string verb, string name, string summary) => experiments
        .MapPost(
            $"/{{id}}/{verb}",
            (string id, [FromHeader(Name = KeyHeader)] string? idempotencyKey, ExperimentRequests requests, HttpResponse response, CancellationToken cancellation) =>
                AcceptAsync(id, verb, "{}", idempotencyKey, requests, response, cancellation))
        .WithName(name).WithSummary($"{summary} Idempotent.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    private static async Task<Accepted<ExperimentView>> ExtendAsync(
        string id, HttpRequest request, [FromHeader(Name = KeyHeader)] string? idempotencyKey, ExperimentRequests requests, DiskSpace disk, HttpResponse response, CancellationToken cancellation)
    {
        disk.Require();
        var document = await ExperimentDocument.ReadNodeAsync(request, cancellation);
        var body = document?.ToJsonString(JobJson.Options) ?? "null";
        var key = IdempotencyKeys.Read(idempotencyKey, ExperimentRequests.Content(id, RequestVerbs.Extend, body));
        if (key is null || !await requests.IsKnownAsync(key, cancellation))
        {
            await requests.CheckExtensionAsync(id, document, cancellation);
        }

        return await AcceptAsync(id, RequestVerbs.Extend, body, idempotencyKey, requests, response, cancellation);
    }

    private static async Task<Accepted<ExperimentView>> AcceptAsync(
        string id, string verb, string body, string? idempotencyKey, ExperimentRequests requests, HttpResponse response, CancellationToken cancellation)
    {
        var accepted = await requests.AcceptAsync(id, verb, body, IdempotencyKeys.Read(idempotencyKey, ExperimentRequests.Content(id, verb, body)), cancellation);
        response.Headers["Operation-Location"] = $"/api/v1/experiments/{id}/requests/{accepted.Number}";
        return accepted.Refusal is { } refusal
            ? throw new CrescentException("phase-conflict", refusal)
            : TypedResults.Accepted($"/api/v1/experiments/{id}", await requests.ViewAsync(id, cancellation));
    }

    private static async Task<Ok<RequestView>> GetAsync(string id, long number, IExperimentStore store, IExperimentRequests requests, CancellationToken cancellation)
    {
        await store.RequireAsync(id, cancellation);
        return TypedResults.Ok(RequestView.From(
            await requests.FindRequestAsync(id, number, cancellation) ?? throw new CrescentException("request-not-found", $"Experiment {id} has no request {number}. Take the number from the Operation-Location of an answer.")));
    }
}
