using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Artifacts;

public sealed class StorageCheckTests
{
    public static TheoryData<DatabaseKind> Databases => new(DatabaseKind.Sqlite);

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Run_EverythingThere_FindsNothing(DatabaseKind kind)
    {
        using var storage = new TestStorage(kind);
        await FinishedAsync(storage);

        var report = await Check(storage).RunAsync();

        Assert.True(report.IsSound);
        Assert.Equal((2, 0, 0, 1), (report.Verified, report.Expired, report.Collectable, report.Experiments));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Run_BlobsMissingDamagedAndOrphaned_NamesEach(DatabaseKind kind)
    {
        using var storage = new TestStorage(kind);
        var (checkpoint, snapshot) = await FinishedAsync(storage);
        File.Delete(storage.PathOf(checkpoint));
        await File.WriteAllTextAsync(storage.PathOf(snapshot), "other bytes");
        var orphan = await new FolderBlobStore(storage.Folder.BlobPath, DateTimeOffset.MinValue).PutAsync(stream => stream.Write(Encoding.UTF8.GetBytes("nobody's")));
        await File.WriteAllTextAsync(Path.Combine(storage.Folder.BlobPath, checkpoint.Sha256[..2], "notes.txt"), "not a blob");

        var findings = (await Check(storage).RunAsync()).Findings;

        Assert.Equal(
            [("damaged", snapshot.Sha256), ("missing", checkpoint.Sha256), ("orphaned", $"{checkpoint.Sha256[..2]}/notes.txt"), ("orphaned", orphan.Sha256)],
            findings.Select(finding => (finding.Problem, finding.Subject)).OrderBy(finding => finding.Problem, StringComparer.Ordinal).ThenBy(finding => finding.Subject.Length));
        Assert.Contains(findings, finding => finding.What == "sft: checkpoint-4.safetensors");
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Run_EventLost_FindsTheGap(DatabaseKind kind)
    {
        using var storage = new TestStorage(kind);
        await FinishedAsync(storage);
        await storage.Database.WriteAsync(session => session.Execute($"DELETE FROM experiment_event WHERE seq = 1"));

        Assert.Equal(("event-gap", "e1"), (await Check(storage).RunAsync()).Findings.Select(finding => (finding.Problem, finding.Subject)).Single());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Collect_RetentionOver_DeletesSnapshotsAndThenCheckpointsAndCountsThemAsExpired(DatabaseKind kind)
    {
        using var storage = new TestStorage(kind);
        var (checkpoint, snapshot) = await FinishedAsync(storage);
        var retention = new Retention { Snapshots = TimeSpan.FromDays(1), Checkpoints = TimeSpan.FromDays(3) };
        storage.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        Assert.Empty(await Collector(storage, retention).PreviewAsync());

        storage.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal([(snapshot.Sha256, "snapshot-expired")], (await Collector(storage, retention).PreviewAsync()).Select(blob => (blob.Sha256, blob.Reason)));
        Assert.True(File.Exists(storage.PathOf(snapshot)), "A preview deletes nothing.");
        Assert.Equal(1, await Collector(storage, retention).CollectAsync());

        storage.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal([(checkpoint.Sha256, "checkpoint-expired")], (await Collector(storage, retention).PreviewAsync()).Select(blob => (blob.Sha256, blob.Reason)));
        Assert.Equal(1, await Collector(storage, retention).CollectAsync());

        Assert.Equal((false, false), (File.Exists(storage.PathOf(snapshot)), File.Exists(storage.PathOf(checkpoint))));
        var report = await Check(storage).RunAsync();
        Assert.Equal((true, 1, 0), (report.IsSound, report.Expired, report.Verified));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Collect_ExpiredCheckpointOfEqualWork_IsMadeAgain(DatabaseKind kind)
    {
        using var storage = new TestStorage(kind);
        var (checkpoint, _) = await FinishedAsync(storage);
        storage.Clock.Advance(TimeSpan.FromDays(9));
        await Collector(storage, new Retention { Checkpoints = TimeSpan.FromDays(8) }).CollectAsync();

        var again = await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(4));
        await storage.Queue.CommitAsync(claim, Completed);

        Assert.False(again.Hit);
        Assert.True(await storage.Blobs.VerifyAsync(checkpoint.Sha256));
        Assert.True((await Check(storage).RunAsync()).IsSound);
    }

    /// <summary>Whatever the age: an unfinished experiment that uses the job, a job that starts from the checkpoint, a spec that names it, a fork from it.</summary>
    [Theory]
    [InlineData("subscription")]
    [InlineData("input")]
    [InlineData("spec")]
    [InlineData("origin")]
    public async Task Preview_UnfinishedExperimentNeedsIt_Stays(string need)
    {
        using var storage = new TestStorage();
        var (checkpoint, _) = await FinishedAsync(storage);
        storage.Clock.Advance(TimeSpan.FromDays(100));
        await CreateAsync(storage, "e2", need == "spec" ? $"{{\"from\":\"{checkpoint.Sha256}\"}}" : "{\"other\":1}", need == "origin" ? $"{{\"sha256\":\"{checkpoint.Sha256}\"}}" : null);
        if (need == "subscription")
        {
            await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);
        }
        else if (need == "input")
        {
            await storage.Queue.SubscribeAsync(Request(kind: JobKinds.Recovery) with { Inputs = new Dictionary<string, string> { ["start"] = checkpoint.Sha256 } }, "e2/recovery", 0);
        }

        var collectable = await Collector(storage, new Retention { Checkpoints = TimeSpan.Zero }).PreviewAsync();

        Assert.DoesNotContain(checkpoint.Sha256, collectable.Select(blob => blob.Sha256));
    }

    [Fact]
    public async Task CollectAll_Orphan_IsAdoptedAndDeleted()
    {
        using var storage = new TestStorage();
        await FinishedAsync(storage);
        var orphan = await new FolderBlobStore(storage.Folder.BlobPath, DateTimeOffset.MinValue).PutAsync(stream => stream.Write(Encoding.UTF8.GetBytes("nobody's")));

        var deleted = await Collector(storage, new Retention()).CollectAllAsync(await Check(storage).OrphansAsync());

        Assert.Equal([(orphan.Sha256, "orphaned")], deleted.Select(blob => (blob.Sha256, blob.Reason)));
        Assert.True((await Check(storage).RunAsync()).IsSound);
        Assert.False(await storage.Blobs.VerifyAsync(orphan.Sha256));
    }

    private static BlobCollector Collector(TestStorage storage, Retention retention) => new(storage.Ledger, storage.Blobs, storage.Clock, retention);

    private static StorageCheck Check(TestStorage storage) => new(storage.Database, storage.Blobs, storage.Blobs, Collector(storage, new Retention()));

    private static Task<ExperimentRow> CreateAsync(TestStorage storage, string id, string spec, string? origin = null) =>
        storage.Experiments.CreateAsync(new ExperimentRow(id, id, "?", JobJson.Hash(spec), "running", storage.Clock.GetUtcNow(), null, null, null, 0, origin), spec, null);

    /// <summary>A finished experiment of one run, whose job left a checkpoint and a snapshot.</summary>
    private static async Task<(ArtifactReference Checkpoint, ArtifactReference Snapshot)> FinishedAsync(TestStorage storage)
    {
        await CreateAsync(storage, "e1", "{}");
        var job = await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        var snapshot = await storage.SnapshotAsync(2);
        var checkpoint = await storage.CheckpointAsync(4);
        await storage.Queue.CommitAsync(claim, snapshot);
        await storage.Queue.CommitAsync(claim, checkpoint);
        await storage.Queue.CommitAsync(claim, Completed);
        var now = storage.Clock.GetUtcNow();
        var row = (await storage.Experiments.FindAsync("e1"))! with { Phase = "succeeded", FinishedAt = now, LastSequence = 2 };
        await storage.Experiments.AppendAsync(
            row,
            [new RunRow("e1/sft", "e1", 0, JobKinds.Sft, "SFT", "succeeded", job.Key, false, null, null, now, now)],
            [new ExperimentEvent(1, "experiment-started", now, "{}"), new ExperimentEvent(2, "experiment-succeeded", now, "{}")]);
        return (checkpoint.Outcomes[0].Artifacts[0], snapshot.Snapshot!);
    }
}
