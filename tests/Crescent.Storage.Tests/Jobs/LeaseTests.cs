using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class LeaseTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task ClaimAsync_HeldJob_IsNotClaimable()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        await storage.ClaimAsync();

        Assert.Null(await storage.Queue.ClaimAsync(Worker("w2"), Lease));
    }

    [Fact]
    public async Task ClaimAsync_ExpiredLease_StartsTheNextEpoch()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        var second = await storage.ClaimAsync("w2");

        Assert.Equal(2, second.Epoch);
        Assert.Equal("lease-expired", (await storage.Queue.AttemptsAsync(second.Key))[0].Ending);
    }

    [Fact]
    public async Task CommitAsync_StaleEpoch_IsFenced()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var stale = await storage.ClaimAsync();
        storage.Clock.Advance(Lease);
        await storage.ClaimAsync();

        await ThrowsAsync("lease-lost", () => storage.Queue.CommitAsync(stale, Completed));

        Assert.Empty((await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Outcomes);
    }

    [Fact]
    public async Task CommitAsync_ExpiredLeaseThatNobodyTook_IsFenced()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        await ThrowsAsync("lease-lost", () => storage.Queue.CommitAsync(claim, Completed));
        await ThrowsAsync("lease-lost", () => storage.Queue.ReleaseAsync(claim));
        await ThrowsAsync("lease-lost", () => storage.Queue.FailAsync(claim, new JobFailure("x", "y", true)));
        Assert.Equal(LeaseState.Lost, (await storage.Queue.HeartbeatAsync(claim, Lease, null, [])).State);
    }

    [Fact]
    public async Task CommitAsync_AnotherOwnerWithTheSameEpoch_IsFenced()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();

        await ThrowsAsync("lease-lost", () => storage.Queue.CommitAsync(claim with { Owner = "w2" }, Completed));
    }

    [Fact]
    public async Task HeartbeatAsync_InTime_KeepsTheLeaseAndStoresProgress()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        for (var i = 0; i < 3; i++)
        {
            storage.Clock.Advance(Lease * 0.9);
            Assert.Equal(LeaseState.Held, (await storage.Queue.HeartbeatAsync(claim, Lease, new JobProgress(i, 10, "steps", Note: "loss 0.5"), [])).State);
        }

        var view = await storage.Queue.FindAsync(claim.Key);

        Assert.Equal(JobPhase.Running, view!.Phase);
        Assert.Equal(new JobProgress(2, 10, "steps", Note: "loss 0.5"), view.Progress);
    }

    [Fact]
    public async Task FindAsync_ExpiredLease_ShowsNoRunningJob()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        var view = await storage.Queue.FindAsync(claim.Key);

        Assert.Equal(JobPhase.Queued, view!.Phase);
        Assert.Null(view.Owner);
    }

    [Fact]
    public async Task ClaimAsync_ManyWorkersAtOnce_GiveEveryJobToOne()
    {
        const int Jobs = 60;
        for (var i = 0; i < Jobs; i++)
        {
            await storage.Queue.SubscribeAsync(Request($"{i}"), $"e1/{i}", 0);
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 4 * Jobs).Select(i => Task.Run(() => storage.Queue.ClaimAsync(Worker($"w{i}"), Lease))));

        var claimed = claims.OfType<JobClaim>().ToList();
        Assert.Equal(Jobs, claimed.Count);
        Assert.Equal(Jobs, claimed.Select(claim => claim.Key).Distinct().Count());
    }

    [Fact]
    public async Task EndAttemptsAsync_AtStart_FreesJobsAtOnceAndFencesTheirWorkers()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var old = await storage.ClaimAsync();

        Assert.Equal(1, await storage.Queue.EndAttemptsAsync(""));

        await ThrowsAsync("lease-lost", () => storage.Queue.CommitAsync(old, Completed));
        Assert.Equal(2, (await storage.ClaimAsync("w2")).Epoch);
    }

    [Fact]
    public async Task ClaimAsync_OtherKindOrOtherCode_IsNotClaimed()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);

        Assert.Null(await storage.Queue.ClaimAsync(new WorkerIdentity("w", [JobKinds.Spectra], "code"), Lease));
        Assert.Null(await storage.Queue.ClaimAsync(Worker(code: "newer"), Lease));
    }

    [Fact]
    public async Task ClaimAsync_SeveralJobs_TakesPriorityThenAge()
    {
        await storage.Queue.SubscribeAsync(Request("old"), "e1/old", 1);
        await storage.Queue.SubscribeAsync(Request("young"), "e1/young", 1);
        await storage.Queue.SubscribeAsync(Request("urgent"), "e1/urgent", 5);
        await storage.Queue.SubscribeAsync(Request("raised"), "e1/low", 0);
        await storage.Queue.SubscribeAsync(Request("raised"), "e2/high", 9);

        var order = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            order.Add((await storage.ClaimAsync($"w{i}")).Spec);
        }

        Assert.Equal(["raised", "urgent", "old", "young"], order);
    }

    public sealed class OnSqlite() : LeaseTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : LeaseTests(DatabaseKind.Postgres);
}
