using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class WorkCacheTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task SubscribeAsync_Twice_IsOneSubscription()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var again = await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        await storage.Queue.UnsubscribeAsync("e1/sft");

        Assert.Equal(JobPhase.Queued, again.Phase);
        Assert.Equal(JobPhase.Parked, (await storage.Queue.FindAsync(Request().Key))!.Phase);
    }

    [Fact]
    public async Task SubscribeAsync_SucceededJob_IsAHitWithEveryOutcome()
    {
        await storage.SucceedAsync(Request(), "e1/sft");

        var view = await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);

        Assert.True(view.Hit);
        Assert.Equal(JobPhase.Succeeded, view.Phase);
        Assert.Equal([1, 2], (await storage.Queue.ReadDeliveryAsync("e2/sft"))!.Outcomes.Select(outcome => outcome.Sequence));
        Assert.Contains("e2/sft", await storage.Queue.PendingRunsAsync(10));
        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
    }

    [Fact]
    public async Task SubscribeAsync_WhileTheJobRuns_GetsOutcomesFromTheFirst()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(100));

        var view = await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(200));

        Assert.False(view.Hit);
        var delivery = (await storage.Queue.ReadDeliveryAsync("e2/sft"))!;
        Assert.Equal([100, 200], delivery.Outcomes.Select(outcome => outcome.Step));
        Assert.Equal("checkpoint-100.safetensors", Assert.Single(delivery.Outcomes[0].Artifacts).Name);
    }

    [Fact]
    public async Task UnsubscribeAsync_OneOfTwo_LetsTheJobGoOn()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 7);
        await storage.Queue.SubscribeAsync(Request(), "e2/sft", 1);
        var claim = await storage.ClaimAsync();

        await storage.Queue.UnsubscribeAsync("e1/sft");
        Assert.Equal(LeaseState.Held, (await storage.Queue.HeartbeatAsync(claim, Lease, null, [])).State);

        await storage.Queue.UnsubscribeAsync("e2/sft");
        Assert.Equal(LeaseState.StopRequested, (await storage.Queue.HeartbeatAsync(claim, Lease, null, [])).State);
    }

    [Fact]
    public async Task SubscribeAsync_ParkedJob_GoesOnFromItsSnapshot()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(100));
        await storage.Queue.AcknowledgeAsync("e1/sft", 1, failure: false);
        await storage.Queue.UnsubscribeAsync("e1/sft");
        await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(120));
        await storage.Queue.ReleaseAsync(claim);
        Assert.Equal(JobPhase.Parked, (await storage.Queue.FindAsync(claim.Key))!.Phase);
        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
        Assert.Null(await storage.Queue.ReadDeliveryAsync("e1/sft"));

        var view = await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var next = await storage.ClaimAsync();

        Assert.Equal(JobPhase.Queued, view.Phase);
        Assert.Equal(120, next.SnapshotStep);
        Assert.Equal(120, (await storage.Queue.FindAsync(claim.Key))!.ResumedFrom);
        Assert.Empty((await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Outcomes);
    }

    [Fact]
    public async Task ReleaseAsync_ResubscribedMeanwhile_QueuesAgain()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.UnsubscribeAsync("e1/sft");
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);

        await storage.Queue.ReleaseAsync(claim);

        Assert.Equal(2, (await storage.ClaimAsync()).Epoch);
    }

    [Fact]
    public async Task ClaimAsync_ExpiredLeaseWithoutSubscribers_ParksTheJob()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.UnsubscribeAsync("e1/sft");
        storage.Clock.Advance(Lease);

        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
        Assert.Equal(JobPhase.Parked, (await storage.Queue.FindAsync(claim.Key))!.Phase);
    }

    [Fact]
    public async Task SubscribeAsync_FailedJob_IsNotCached()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(50));
        await storage.Queue.FailAsync(claim, new JobFailure("diverged", "Loss is NaN.", Retryable: false));

        var redriven = await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        Assert.Equal(JobPhase.Failed, redriven.Phase);
        Assert.Equal("diverged", (await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Failure!.Code);

        var fresh = await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);
        Assert.Equal(JobPhase.Queued, fresh.Phase);
        Assert.False(fresh.Hit);
        Assert.Equal(50, (await storage.ClaimAsync()).SnapshotStep);
    }

    [Fact]
    public async Task SubscribeAsync_HitWithDamagedCheckpoint_IsMadeAgainFromTheSnapshotBefore()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(100));
        await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(150));
        var damaged = await storage.CheckpointAsync(200);
        await storage.Queue.CommitAsync(claim, damaged);
        await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(250));
        await storage.Queue.CommitAsync(claim, Completed);
        await File.WriteAllTextAsync(storage.PathOf(damaged.Outcomes[0].Artifacts[0]), "flipped");

        var view = await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);

        Assert.False(view.Hit);
        Assert.Equal([100], (await storage.Queue.ReadDeliveryAsync("e2/sft"))!.Outcomes.Select(outcome => outcome.Step));
        var repair = await storage.ClaimAsync();
        Assert.Equal(150, repair.SnapshotStep);
        await storage.Queue.CommitAsync(repair, await storage.CheckpointAsync(200));
        await storage.Queue.CommitAsync(repair, Completed);
        Assert.Equal([1, 2, 3], (await storage.Queue.ReadDeliveryAsync("e2/sft"))!.Outcomes.Select(outcome => outcome.Sequence));
        Assert.Equal(JobPhase.Succeeded, (await storage.Queue.FindAsync(claim.Key))!.Phase);
        Assert.True((await storage.Queue.SubscribeAsync(Request(), "e3/sft", 0)).Hit);
    }

    [Fact]
    public async Task ClaimAsync_DamagedSnapshot_StartsFromTheOneBefore()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(10));
        var last = await storage.SnapshotAsync(20);
        await storage.Queue.CommitAsync(claim, last);
        await storage.Queue.ReleaseAsync(claim);
        File.Delete(storage.PathOf(last.Snapshot!));

        var next = await storage.ClaimAsync();

        Assert.Equal(10, next.SnapshotStep);
        Assert.Equal(10, (await storage.Queue.AttemptsAsync(claim.Key))[1].ResumedFrom);
    }

    [Fact]
    public async Task ClaimAsync_EverySnapshotDamagedAndOutcomesCommitted_FailsInsteadOfStartingFromZero()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(10));
        var only = await storage.SnapshotAsync(20);
        await storage.Queue.CommitAsync(claim, only);
        await storage.Queue.ReleaseAsync(claim);
        File.Delete(storage.PathOf(only.Snapshot!));

        var next = await storage.Queue.ClaimAsync(TestStorage.Worker(), TestStorage.Lease);

        var failed = await storage.Queue.FindAsync(claim.Key);
        Assert.Null(next);
        Assert.Equal((JobPhase.Failed, "snapshot-damaged", false), (failed!.Phase, failed.Failure!.Code, failed.Failure.Retryable));
        Assert.Equal("snapshot-damaged", (await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Failure!.Code);
    }

    [Fact]
    public async Task ClaimAsync_EverySnapshotDamagedAndNothingTold_StartsFromZero()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        var only = await storage.SnapshotAsync(20);
        await storage.Queue.CommitAsync(claim, only);
        await storage.Queue.ReleaseAsync(claim);
        File.Delete(storage.PathOf(only.Snapshot!));

        Assert.Null((await storage.ClaimAsync()).SnapshotStep);
    }

    public sealed class OnSqlite() : WorkCacheTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : WorkCacheTests(DatabaseKind.Postgres);
}
