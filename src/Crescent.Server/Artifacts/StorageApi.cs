using Crescent.Storage.Artifacts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crescent.Server.Artifacts;

/// <param name="Sound">True when there are no findings.</param>
/// <param name="Verified">Blobs that are there with the bytes that their hash says.</param>
/// <param name="Expired">Artifacts whose blob was deleted by the rules of retention.</param>
/// <param name="Collectable">Blobs that wait for the collector.</param>
/// <param name="Experiments">Event logs looked at.</param>
public sealed record StorageCheckView(bool Sound, int Verified, long VerifiedBytes, int Expired, int Collectable, long CollectableBytes, int Experiments, IReadOnlyList<StorageFinding> Findings);

/// <param name="DryRun">True: nothing was deleted.</param>
public sealed record StorageCollectView(bool DryRun, long Bytes, IReadOnlyList<Collectable> Blobs);

/// <summary><c>/api/v1/storage</c>: is everything there that the tables say, and what could go.</summary>
internal static class StorageApi
{
    public static RouteGroupBuilder MapStorage(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/storage").WithTags("Storage");
        group.MapPost("/check", CheckAsync).WithName("CheckStorage").WithSummary("Reads every artifact and compares it with its hash and the catalog; finds orphans and gaps in event logs. Changes nothing.").ProducesProblem(503);
        group.MapPost("/collect", CollectAsync).WithName("CollectStorage").WithSummary("Deletes what nothing needs by the rules of retention; with dryRun=true says what it would be.").ProducesProblem(503);
        return api;
    }

    private static async Task<Ok<StorageCheckView>> CheckAsync(StorageCheck check, CancellationToken cancellation)
    {
        var report = await check.RunAsync(cancellation);
        return TypedResults.Ok(new StorageCheckView(
            report.IsSound, report.Verified, report.VerifiedBytes, report.Expired, report.Collectable, report.CollectableBytes, report.Experiments, report.Findings));
    }

    private static async Task<Ok<StorageCollectView>> CollectAsync(StorageCheck check, BlobCollector collector, CancellationToken cancellation, bool dryRun = false)
    {
        var orphans = await check.OrphansAsync(cancellation);
        var blobs = dryRun ? [.. orphans, .. await collector.PreviewAsync(cancellation)] : await collector.CollectAllAsync(orphans, cancellation);
        return TypedResults.Ok(new StorageCollectView(dryRun, blobs.Sum(blob => blob.Bytes), blobs));
    }
}
