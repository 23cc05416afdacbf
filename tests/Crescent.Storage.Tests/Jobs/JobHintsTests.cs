using System.Collections.Concurrent;
using Crescent.Storage.Jobs;
using Crescent.Storage.Postgres;
using Crescent.Storage.Sql;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

/// <summary>Whom each write wakes: in the same process on SQLite, in another one on PostgreSQL.</summary>
public abstract class JobHintsTests : IDisposable
{
    private readonly TestStorage storage;
    private readonly SqlDatabase? other;
    private readonly BlockingCollection<string> heard = [];
    private readonly IDisposable[] subscriptions;

    protected JobHintsTests(DatabaseKind kind)
    {
        storage = new TestStorage(kind);
        other = kind == DatabaseKind.Postgres ? storage.OpenAgain() : null;
        using (other?.Listen("ready", () => heard.Add("ready")))
        {
            // The gap that a listener is told once it stands: whoever comes later is told of none.
            Assert.Equal("ready", other is null ? "ready" : Take());
        }

        var listener = other is PostgresDatabase postgres ? new PostgresJobQueue(postgres, storage.Blobs, storage.Clock) : storage.Queue;
        subscriptions = [listener.OnQueued(() => heard.Add("queued")), listener.OnTold(() => heard.Add("told"))];
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }

        other?.Dispose();
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Hints_OfAJob_ComeWhenItIsQueuedGivenBackAndCompleted()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        Assert.Equal("queued", Take());

        await storage.Queue.ReleaseAsync(await storage.ClaimAsync());
        Assert.Equal("queued", Take());

        await storage.Queue.CommitAsync(await storage.ClaimAsync(), Completed);
        Assert.Equal("told", Take());
    }

    [Fact]
    public async Task Hints_OfFailuresAndOfCompletionsThatClaim_Come()
    {
        await storage.Queue.SubscribeAsync(Request("one"), "e1/one", 0);
        Assert.Equal("queued", Take());
        await storage.Queue.CompleteAndClaimAsync(await storage.ClaimAsync(), Completed, Worker(), Lease);
        Assert.Equal("told", Take());

        await storage.Queue.SubscribeAsync(Request("two"), "e1/two", 0);
        Assert.Equal("queued", Take());
        await storage.Queue.FailAsync(await storage.ClaimAsync(), new JobFailure("x", "y", Retryable: false));
        Assert.Equal("told", Take());
    }

    private string Take() => heard.TryTake(out var hint, TimeSpan.FromMinutes(1)) ? hint : "nothing";

    public sealed class OnSqlite() : JobHintsTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : JobHintsTests(DatabaseKind.Postgres);
}
