using Crescent.Storage.Experiments;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Experiments;

public abstract class ExperimentRequestsTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly TestStorage storage = new(kind);

    public async ValueTask InitializeAsync() => await storage.Experiments.CreateAsync(new ExperimentRow("e1", "name", "Why?", "hash", "succeeded", storage.Clock.GetUtcNow(), null, null, null, 0), "{}", new IdempotencyKey("made", "hash"));

    public ValueTask DisposeAsync()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AcceptAsync_OneAfterTheOther_AreNumberedAndOpenUntilSettled()
    {
        await storage.Requests.AcceptAsync("e1", RequestVerbs.Retry, "{}", null);
        await storage.Requests.AcceptAsync("e1", RequestVerbs.Pause, "{}", null);
        Assert.Equal(["e1"], await storage.Experiments.UnfinishedAsync());

        await storage.Requests.SettleAsync("e1", 1, "no");
        await storage.Requests.SettleAsync("e1", 1, null);

        Assert.Equal([(2L, "pause")], (await storage.Requests.OpenAsync("e1")).Select(request => (request.Number, request.Verb)));
        Assert.Equal("no", (await storage.Requests.FindRequestAsync("e1", 1))!.Refusal);
        await storage.Requests.SettleAsync("e1", 2, null);
        Assert.Empty(await storage.Experiments.UnfinishedAsync());
    }

    [Fact]
    public async Task AcceptAsync_ManyAtOnceWithOneKey_AreOneRequest()
    {
        var key = new IdempotencyKey("k", "content");

        var accepted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => storage.Requests.AcceptAsync("e1", RequestVerbs.Retry, "{}", key))));

        Assert.All(accepted, request => Assert.Equal(1, request.Number));
        Assert.Equal(new AcceptedKey("e1", 1), await storage.Requests.FindKeyAsync(key));
    }

    [Theory]
    [InlineData("k")]
    [InlineData("made")]
    public async Task AcceptAsync_KeyOfSomethingElse_Conflicts(string key)
    {
        await storage.Requests.AcceptAsync("e1", RequestVerbs.Retry, "{}", new IdempotencyKey("k", "content"));

        await ThrowsAsync("idempotency-conflict", () => storage.Requests.AcceptAsync("e1", RequestVerbs.Cancel, "{}", new IdempotencyKey(key, "other")));
        Assert.Single(await storage.Requests.OpenAsync("e1"));
    }
}

public sealed class ExperimentRequestsOnSqliteTests() : ExperimentRequestsTests(DatabaseKind.Sqlite);

public sealed class ExperimentRequestsOnPostgresTests() : ExperimentRequestsTests(DatabaseKind.Postgres);
