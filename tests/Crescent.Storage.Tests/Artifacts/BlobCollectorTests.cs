using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Artifacts;

public abstract class BlobCollectorTests : IDisposable
{
    private readonly TestStorage storage;
    private readonly BlobCollector collector;

    protected BlobCollectorTests(DatabaseKind kind)
    {
        storage = new TestStorage(kind);
        collector = new BlobCollector(storage.Ledger, storage.Blobs, storage.Clock);
    }

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CollectAsync_SupersededSnapshots_AreDeletedAndWhatIsReferredToStays()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        var snapshots = new List<ArtifactReference>();
        for (var step = 1; step <= 4; step++)
        {
            var commit = await storage.SnapshotAsync(step);
            snapshots.Add(commit.Snapshot!);
            await storage.Queue.CommitAsync(claim, commit);
        }

        var checkpoint = await storage.CheckpointAsync(4);
        await storage.Queue.CommitAsync(claim, checkpoint);
        storage.Clock.Advance(SqlBlobLedger.ReservedFor);

        Assert.Equal(2, await collector.CollectAsync());

        Assert.Equal([false, false, true, true], snapshots.Select(snapshot => File.Exists(storage.PathOf(snapshot))));
        Assert.True(File.Exists(storage.PathOf(checkpoint.Outcomes[0].Artifacts[0])));
        Assert.Equal(0, await collector.CollectAsync());
    }

    [Fact]
    public async Task CollectAsync_ReservedBlob_Stays()
    {
        var blob = await storage.PutAsync("a", "a");
        storage.Clock.Advance(SqlBlobLedger.ReservedFor - TimeSpan.FromTicks(1));
        await storage.PutAsync("a", "a");
        storage.Clock.Advance(SqlBlobLedger.ReservedFor - TimeSpan.FromTicks(1));

        Assert.Equal(0, await collector.CollectAsync());
        Assert.True(File.Exists(storage.PathOf(blob)));
    }

    [Fact]
    public async Task CommitAsync_BlobThatWasCollectedMeanwhile_IsRefusedUntilWrittenAgain()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var commit = await storage.SnapshotAsync(1);
        storage.Clock.Advance(SqlBlobLedger.ReservedFor);
        await collector.CollectAsync();
        var claim = await storage.ClaimAsync();

        await ThrowsAsync("artifact-missing", () => storage.Queue.CommitAsync(claim, commit));

        await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(1));
        Assert.Equal(1, (await storage.Queue.FindAsync(claim.Key))!.SnapshotStep);
    }

    [Fact]
    public async Task ReserveAsync_WhileACollectorDeletesTheBlob_WaitsForIt()
    {
        var blob = await storage.PutAsync("a", "a");
        storage.Clock.Advance(SqlBlobLedger.ReservedFor);
        Assert.Equal([blob.Sha256], (await storage.Ledger.MarkAsync(10, new Retention(), CancellationToken.None)).Blobs);

        var writing = Task.Run(() => storage.PutAsync("a", "a"));
        Assert.Same(storage.Clock.SomeoneWaits, await Task.WhenAny(writing, storage.Clock.SomeoneWaits));

        // A collector that was killed between mark and deletion has its time, then the next one finishes its work.
        Assert.Equal(0, await collector.CollectAsync());
        storage.Clock.Advance(SqlBlobLedger.ClaimedFor);
        Assert.Equal(1, await collector.CollectAsync());
        await writing;
        Assert.True(await storage.Blobs.VerifyAsync(blob.Sha256));
    }
}

public sealed class BlobCollectorOnSqliteTests() : BlobCollectorTests(DatabaseKind.Sqlite);

public sealed class BlobCollectorOnPostgresTests() : BlobCollectorTests(DatabaseKind.Postgres);
