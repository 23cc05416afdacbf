using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class CompleteAndClaimTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CompleteAndClaimAsync_JobsQueued_CompletesTheOneAndClaimsTheNext()
    {
        await SubscribeAsync("one", "two", "three");
        var first = await storage.ClaimAsync();

        var second = await CompleteAsync(first);

        Assert.Equal(JobPhase.Succeeded, (await storage.Queue.FindAsync(first.Key))!.Phase);
        Assert.Equal(("two", "w1", 1L), (second!.Spec, second.Owner, second.Epoch));
        var view = (await storage.Queue.FindAsync(second.Key))!;
        Assert.Equal((JobPhase.Running, "w1", 1), (view.Phase, view.Owner, view.Attempts));
        Assert.Equal("w1", Assert.Single(await storage.Queue.AttemptsAsync(second.Key)).Owner);
        Assert.Equal(LeaseState.Held, (await storage.Queue.HeartbeatAsync(second, Lease, null, [])).State);
        Assert.Equal("three", (await CompleteAsync(second))!.Spec);
        Assert.Equal(["e1/one", "e1/two"], await storage.Queue.PendingRunsAsync(10));
    }

    [Fact]
    public async Task CompleteAndClaimAsync_NothingQueued_CompletesOnly()
    {
        await SubscribeAsync("one");
        var claim = await storage.ClaimAsync();

        Assert.Null(await CompleteAsync(claim));

        Assert.Equal(JobPhase.Succeeded, (await storage.Queue.FindAsync(claim.Key))!.Phase);
    }

    [Fact]
    public async Task CompleteAndClaimAsync_LeaseOver_ThrowsAndClaimsNothing()
    {
        await SubscribeAsync("one", "two");
        var claim = await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        await ThrowsAsync("lease-lost", () => CompleteAsync(claim));

        Assert.Equal("one", (await storage.ClaimAsync("w2")).Spec);
        Assert.Equal("two", (await storage.ClaimAsync("w3")).Spec);
    }

    [Fact]
    public async Task CompleteAndClaimAsync_Repeated_ThrowsAndClaimsNothing()
    {
        await SubscribeAsync("one", "two", "three");
        var claim = await storage.ClaimAsync();
        await CompleteAsync(claim);

        await ThrowsAsync("lease-lost", () => CompleteAsync(claim));

        Assert.Equal("three", (await storage.ClaimAsync("w2")).Spec);
    }

    [Fact]
    public async Task CompleteAndClaimAsync_NextHasRunBefore_IsLeftToClaimAsync()
    {
        await SubscribeAsync("one");
        await storage.Queue.CommitAsync(await storage.ClaimAsync(), await storage.SnapshotAsync(7));
        storage.Clock.Advance(Lease);
        await storage.Queue.SweepAsync();
        await storage.Queue.SubscribeAsync(Request("urgent"), "e1/urgent", 9);
        var claim = await storage.ClaimAsync("w2");
        Assert.Equal("urgent", claim.Spec);

        Assert.Null(await CompleteAsync(claim));

        Assert.Equal(("one", 7), ((await storage.ClaimAsync("w2")) is var next ? (next.Spec, next.SnapshotStep) : default));
    }

    [Fact]
    public async Task CompleteAndClaimAsync_StudyAtItsLimit_CountsTheCompletedOneAsFree()
    {
        await storage.Queue.LimitStudyAsync("a", 1);
        await storage.Queue.SubscribeAsync(Request("a1", study: "a"), "e1/a1", 5);
        await storage.Queue.SubscribeAsync(Request("a2", study: "a"), "e1/a2", 5);
        var first = await storage.ClaimAsync();

        Assert.Equal("a2", (await CompleteAsync(first))!.Spec);
    }

    [Fact]
    public async Task CompleteAndClaimAsync_ManyAtOnce_GiveEachSlotAnotherJob()
    {
        await SubscribeAsync([.. Enumerable.Range(0, 24).Select(i => $"job{i:D2}")]);
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => storage.ClaimAsync($"w{i}")));

        var second = await Task.WhenAll(claims.Select(claim => Task.Run(() => CompleteAsync(claim))));
        var third = await Task.WhenAll(second.Select(claim => Task.Run(() => CompleteAsync(claim!))));

        JobClaim[] all = [.. claims, .. second.OfType<JobClaim>(), .. third.OfType<JobClaim>()];
        Assert.Equal(24, all.Select(claim => claim.Key).Distinct().Count());
        Assert.All(claims.Zip(second, third), row => Assert.Equal((row.First.Owner, row.First.Owner), (row.Second!.Owner, row.Third!.Owner)));
    }

    [Fact]
    public async Task CompleteAndClaimAsync_WithMetricsAndArtifacts_StoresThem()
    {
        await SubscribeAsync("one", "two", "three");
        var first = await storage.ClaimAsync();
        await storage.Queue.CompleteAndClaimAsync(first, Completed with { Metrics = [new MetricPoint("loss", 1, 0.5), new MetricPoint("loss", 2, double.NaN), new MetricPoint("loss", 1, 0.5)] }, Worker(), Lease);
        var second = (await storage.Queue.ClaimAsync(Worker("w2"), Lease))!;
        await storage.Queue.CompleteAndClaimAsync(second, Outcome(OutcomeKinds.Completed, 0, await storage.PutAsync("result", "bytes")), Worker("w2"), Lease);

        Assert.Equal(
            [("loss", 1, 0.5), ("loss", 2, null)],
            await storage.Database.ReadAsync(session => session.Query($"SELECT name, step, value FROM metric ORDER BY name, step", row => (row.Text(0), row.Number(1), double.IsNaN(row.Real(2)) ? (double?)null : row.Real(2)))));
        Assert.Single(Assert.Single((await storage.Queue.ReadDeliveryAsync($"e1/{second.Spec}"))!.Outcomes).Artifacts);
    }

    private Task<JobClaim?> CompleteAsync(JobClaim claim) => storage.Queue.CompleteAndClaimAsync(claim, Completed, Worker(claim.Owner), Lease);

    private async Task SubscribeAsync(params string[] specs)
    {
        foreach (var spec in specs)
        {
            await storage.Queue.SubscribeAsync(Request(spec), $"e1/{spec}", 0);
        }
    }

    public sealed class OnSqlite() : CompleteAndClaimTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : CompleteAndClaimTests(DatabaseKind.Postgres);
}
