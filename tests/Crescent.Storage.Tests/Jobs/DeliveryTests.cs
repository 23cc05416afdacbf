using Crescent.Kernels.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class DeliveryTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task AcknowledgeAsync_OutOfOrder_NeverMovesBackNorBeyondTheLastOutcome()
    {
        await storage.SucceedAsync(Request(), "e1/sft");

        await storage.Queue.AcknowledgeAsync("e1/sft", 1, failure: false);
        await storage.Queue.AcknowledgeAsync("e1/sft", 0, failure: false);

        var delivery = (await storage.Queue.ReadDeliveryAsync("e1/sft"))!;
        Assert.Equal(OutcomeKinds.Completed, Assert.Single(delivery.Outcomes).Kind);
        Assert.Equal(["e1/sft"], await storage.Queue.PendingRunsAsync(10));

        await storage.Queue.AcknowledgeAsync("e1/sft", 99, failure: false);
        Assert.Empty(await storage.Queue.PendingRunsAsync(10));
    }

    [Fact]
    public async Task PendingRunsAsync_MoreThanTheLimit_TakesTurns()
    {
        await storage.SucceedAsync(Request(), "e1/a");
        foreach (var run in new[] { "e1/b", "e1/c", "e1/d", "e1/e" })
        {
            await storage.Queue.SubscribeAsync(Request(), run, 0);
        }

        var seen = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            seen.AddRange(await storage.Queue.PendingRunsAsync(2));
        }

        Assert.Equal(["e1/a", "e1/b", "e1/c", "e1/d", "e1/e", "e1/a"], seen);
    }

    [Fact]
    public async Task ReadDeliveryAsync_UnknownRun_IsNull() => Assert.Null(await storage.Queue.ReadDeliveryAsync("e9/none"));

    [Fact]
    public async Task SubscribeAsync_AnotherKey_MovesTheRunAndStartsItsDeliveriesAfresh()
    {
        await storage.SucceedAsync(Request("a"), "e1/sft");
        await storage.Queue.AcknowledgeAsync("e1/sft", 2, failure: false);
        await storage.SucceedAsync(Request("b"), "e2/sft");

        await storage.Queue.SubscribeAsync(Request("b"), "e1/sft", 0);

        var delivery = (await storage.Queue.ReadDeliveryAsync("e1/sft"))!;
        Assert.Equal(Request("b").Key, delivery.Key);
        Assert.Equal(2, delivery.Outcomes.Count);
    }

    public sealed class OnSqlite() : DeliveryTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : DeliveryTests(DatabaseKind.Postgres);
}
