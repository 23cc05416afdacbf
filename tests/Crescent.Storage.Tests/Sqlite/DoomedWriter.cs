using System.Globalization;
using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sqlite;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Sqlite;

/// <summary>A process that commits step after step, says which ones have returned, and never ends by itself.</summary>
internal static class DoomedWriter
{
    public const string Verb = "doomed-writer";

    public static async Task RunAsync(string path)
    {
        using var folder = DataFolder.Open(path);
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var blobs = new FolderBlobStore(folder.BlobPath, folder.ClaimedAt, new SqlBlobLedger(database, TimeProvider.System));
        var queue = new SqlJobQueue(database, blobs, TimeProvider.System);
        await queue.EndAttemptsAsync("");
        await queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = (await queue.ClaimAsync(Worker(), TimeSpan.FromHours(1)))!;
        for (var step = (claim.SnapshotStep ?? 0) + 1; ; step++)
        {
            // Other writes share groups with the commit.
            var metrics = Enumerable.Range(0, 3).Select(i => queue.HeartbeatAsync(claim, TimeSpan.FromHours(1), new JobProgress(step, 0, "steps"), [new MetricPoint($"m{i}", step, step)])).ToList();
            await queue.CommitAsync(claim, await CommitOf(blobs, step));
            await Task.WhenAll(metrics);
            Console.WriteLine(step.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static async Task<JobCommitRecord> CommitOf(FolderBlobStore blobs, int step)
    {
        var snapshot = await PutAsync("snapshot", ArtifactKinds.Snapshot);
        var checkpoint = await PutAsync("checkpoint", ArtifactKinds.Checkpoint);
        return new JobCommitRecord(snapshot, step, [new JobOutcomeRecord(OutcomeKinds.Checkpoint, step, "{}", [checkpoint])], [new MetricPoint("loss", step, step)]);

        async Task<ArtifactReference> PutAsync(string kind, string artifactKind)
        {
            var blob = await blobs.PutAsync(stream => stream.Write(Encoding.UTF8.GetBytes($"{kind} {step}")));
            return new ArtifactReference($"{kind}-{step}", artifactKind, "text/plain", blob.Sha256, blob.Bytes);
        }
    }
}
