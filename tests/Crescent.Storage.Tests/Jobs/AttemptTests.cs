using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class AttemptTests(DatabaseKind kind) : IDisposable
{
    private static readonly JobFailure Passing = new("storage-full", "No space.", Retryable: true);

    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task FailAsync_Retryable_WaitsLongerEachTimeThenFails()
    {
        await storage.Queue.SubscribeAsync(Request(maxAttempts: 3), "e1/sft", 0);
        foreach (var wait in new[] { 1, 2 })
        {
            await storage.Queue.FailAsync(await storage.ClaimAsync(), Passing);
            storage.Clock.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromTicks(1));
            Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
            storage.Clock.Advance(TimeSpan.FromTicks(1));
        }

        await storage.Queue.FailAsync(await storage.ClaimAsync(), Passing);

        var view = (await storage.Queue.FindAsync(Request().Key))!;
        Assert.Equal(JobPhase.Failed, view.Phase);
        Assert.Equal(Passing, view.Failure);
        Assert.Equal(["e1/sft"], await storage.Queue.PendingRunsAsync(10));
        Assert.Equal(Passing, (await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Failure);
        await storage.Queue.AcknowledgeAsync("e1/sft", 0, failure: true);
        Assert.Empty(await storage.Queue.PendingRunsAsync(10));
        Assert.Null((await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Failure);
    }

    [Fact]
    public async Task FailAsync_AttemptsWithSnapshots_DoNotCount()
    {
        await storage.Queue.SubscribeAsync(Request(maxAttempts: 2), "e1/sft", 0);
        for (var i = 1; i <= 5; i++)
        {
            var claim = await storage.ClaimAsync();
            await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(i));
            await storage.Queue.FailAsync(claim, Passing);
            storage.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(JobPhase.Queued, (await storage.Queue.FindAsync(Request().Key))!.Phase);
    }

    [Fact]
    public async Task ReleaseAsync_Drain_DoesNotCount()
    {
        await storage.Queue.SubscribeAsync(Request(maxAttempts: 1), "e1/sft", 0);
        for (var i = 0; i < 3; i++)
        {
            await storage.Queue.ReleaseAsync(await storage.ClaimAsync());
        }

        Assert.Equal(0, (await storage.Queue.FindAsync(Request().Key))!.Attempts);
    }

    [Fact]
    public async Task ClaimAsync_WorkersThatDieWithoutASnapshot_FailTheJobInTheEnd()
    {
        await storage.Queue.SubscribeAsync(Request(maxAttempts: 2), "e1/sft", 0);
        await storage.ClaimAsync();
        storage.Clock.Advance(Lease);
        await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
        Assert.Equal("attempts-exhausted", (await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Failure!.Code);
    }

    [Fact]
    public async Task FailAsync_NotRetryable_FailsAtOnce()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);

        await storage.Queue.FailAsync(await storage.ClaimAsync(), Passing with { Retryable = false });

        Assert.Equal(JobPhase.Failed, (await storage.Queue.FindAsync(Request().Key))!.Phase);
    }

    public sealed class OnSqlite() : AttemptTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : AttemptTests(DatabaseKind.Postgres);
}
