using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Server.Hosting;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Orleans;

namespace Crescent.Server.Experiments;

/// <summary>Makes a new experiment that starts from a checkpoint of another.</summary>
internal static class ForkApi
{
    public static void MapFork(this RouteGroupBuilder experiments) => experiments.MapPost("/{id}/fork", ForkAsync).WithName("ForkExperiment")
        .WithSummary("A new experiment that starts from a checkpoint of this one (base, sft-300, best, end, recovery-300) in place of base training. The body, if any, holds what is to be other than in this one's document.")
        .Accepts<string>("application/json", "application/yaml").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(410).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);

    private static async Task<Accepted<ExperimentSummary>> ForkAsync(
        string id, HttpRequest request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        IExperimentStore store, IExperimentRequests requests, IBlobStore blobs, IGrainFactory grains, DiskSpace disk, TimeProvider time, CancellationToken cancellation, string? checkpoint = null, string? name = null)
    {
        disk.Require();
        var parent = await store.RequireAsync(id, cancellation);
        var changes = request.ContentType is not null || request.ContentLength is > 0 ? await ExperimentDocument.ReadNodeAsync(request, cancellation) : null;
        var key = IdempotencyKeys.Read(idempotencyKey, ExperimentRequests.Content(id, "fork", JobJson.Write(new[] { checkpoint, name, changes?.ToJsonString(JobJson.Options) })));
        if (key is not null && await requests.FindKeyAsync(key, cancellation) is { } earlier)
        {
            return Answer(await store.RequireAsync(earlier.ExperimentId, cancellation), time);
        }

        var found = await grains.GetGrain<IExperimentGrain>(id).FindCheckpointAsync(Named(checkpoint), cancellation)
            ?? throw new CrescentException("checkpoint-not-found", $"Experiment {id} has no checkpoint '{checkpoint}', or not yet. `crescent artifact list {id} --kind checkpoint` shows those there are; also 'best' and 'end'.");
        if (!await blobs.VerifyAsync(found.Sha256, cancellation))
        {
            throw new CrescentException("artifact-missing", $"The bytes of checkpoint {found.Name} of {id} are gone or damaged. Fork from another checkpoint.");
        }

        var spec = ExperimentFork.Apply(JobJson.Read<ExperimentSpec>(await store.ReadSpecAsync(parent.SpecHash, cancellation)), new ExperimentOrigin(id, found.Name, found.Sha256), name, changes);
        var (stored, _) = await ExperimentSubmit.StoreAsync(spec, key, store, grains, time, cancellation);
        return Answer(stored, time);
    }

    private static string Named(string? checkpoint) => checkpoint is { Length: > 0 and <= 100 }
        ? checkpoint
        : throw new CrescentException("request-invalid", "checkpoint is missing. Name one of the parent's in the query: ?checkpoint=base, sft-300, best, end, recovery-300.");

    private static Accepted<ExperimentSummary> Answer(ExperimentRow fork, TimeProvider time) => TypedResults.Accepted($"/api/v1/experiments/{fork.Id}", ExperimentSummary.From(fork, time.GetUtcNow()));
}
