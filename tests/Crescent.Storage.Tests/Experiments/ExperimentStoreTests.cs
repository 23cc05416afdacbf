using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Experiments;

public abstract class ExperimentStoreTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CreateAsync_SameKeySameSpec_GivesTheFirstExperiment()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", new IdempotencyKey("key", "hash"));

        var again = await storage.Experiments.CreateAsync(Row("e2"), "{}", new IdempotencyKey("key", "hash"));

        Assert.Equal(Row("e1"), again);
        Assert.Null(await storage.Experiments.FindAsync("e2"));
    }

    [Fact]
    public async Task CreateAsync_SameKeyOtherSpec_Conflicts()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", new IdempotencyKey("key", "hash"));

        await ThrowsAsync("idempotency-conflict", () => storage.Experiments.CreateAsync(Row("e2") with { SpecHash = "other" }, "{1}", new IdempotencyKey("key", "other")));
        Assert.Null(await storage.Experiments.FindAsync("e2"));
    }

    [Fact]
    public async Task CreateAsync_ManyAtOnceWithOneKey_MakeOneExperiment()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => storage.Experiments.CreateAsync(Row($"e{i}"), "{}", new IdempotencyKey("key", "hash")))));

        Assert.Single(rows.Select(row => row.Id).Distinct());
        Assert.Single((await storage.Experiments.ListAsync(100, null)).Experiments);
    }

    [Fact]
    public async Task CreateAsync_RepeatedSubmitWithoutKey_IsANoOpAndATakenIdIsRefused()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);

        Assert.Equal(Row("e1"), await storage.Experiments.CreateAsync(Row("e1"), "{}", null));
        await ThrowsAsync("experiment-exists", () => storage.Experiments.CreateAsync(Row("e1") with { SpecHash = "other" }, "{1}", null));
    }

    [Fact]
    public async Task ReadSpecAsync_StoredSpec_ComesBack()
    {
        await storage.Experiments.CreateAsync(Row("e1"), """{"seed":1}""", null);

        Assert.Equal("""{"seed":1}""", await storage.Experiments.ReadSpecAsync("hash"));
        await ThrowsAsync("spec-unknown", () => storage.Experiments.ReadSpecAsync("none"));
    }

    [Fact]
    public async Task AppendAsync_Repeated_ChangesNothing()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);
        var row = Row("e1") with { Phase = "running", LastSequence = 2 };

        await storage.Experiments.AppendAsync(row, [Run("base", 1, "running")], [Event(1), Event(2)]);
        await storage.Experiments.AppendAsync(row with { Phase = "failed" }, [Run("base", 1, "failed")], [Event(1), Event(2) with { Type = "other" }]);

        Assert.Equal(row, await storage.Experiments.FindAsync("e1"));
        Assert.Equal("running", Assert.Single(await storage.Experiments.RunsAsync("e1")).Phase);
        Assert.Equal([Event(1), Event(2)], await storage.Experiments.EventsAsync("e1", 0, 10));
    }

    [Fact]
    public async Task AppendAsync_OverlappingBatch_AddsOnlyWhatIsNew()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);
        await storage.Experiments.AppendAsync(Row("e1") with { LastSequence = 2 }, [], [Event(1), Event(2)]);

        await storage.Experiments.AppendAsync(Row("e1") with { LastSequence = 3, Phase = "succeeded" }, [], [Event(2), Event(3)]);

        Assert.Equal([2, 3], (await storage.Experiments.EventsAsync("e1", 1, 10)).Select(entry => entry.Sequence));
        Assert.Equal("succeeded", (await storage.Experiments.FindAsync("e1"))!.Phase);
        Assert.Empty(await storage.Experiments.UnfinishedAsync());
    }

    [Fact]
    public async Task AppendAsync_Gap_IsRefusedWhole()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);

        await ThrowsAsync("event-gap", () => storage.Experiments.AppendAsync(Row("e1") with { LastSequence = 3 }, [Run("base", 1, "running")], [Event(1), Event(3)]));

        Assert.Empty(await storage.Experiments.EventsAsync("e1", 0, 10));
        Assert.Empty(await storage.Experiments.RunsAsync("e1"));
    }

    [Fact]
    public async Task AppendAsync_UnknownExperiment_IsRefused() =>
        await ThrowsAsync("experiment-unknown", () => storage.Experiments.AppendAsync(Row("e9"), [], []));

    [Fact]
    public async Task ListAsync_Pages_GiveEachExperimentOnceNewestFirst()
    {
        for (var i = 0; i < 7; i++)
        {
            // Pairs share a creation time.
            await storage.Experiments.CreateAsync(Row($"e{i}") with { CreatedAt = storage.Clock.GetUtcNow() + TimeSpan.FromSeconds(i / 2) }, "{}", null);
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await storage.Experiments.ListAsync(3, cursor);
            seen.AddRange(page.Experiments.Select(row => row.Id));
            cursor = page.NextCursor;
            await storage.Experiments.CreateAsync(Row($"later{seen.Count}") with { CreatedAt = storage.Clock.GetUtcNow() + TimeSpan.FromHours(1) }, "{}", null);
        }
        while (cursor is not null);

        Assert.Equal(["e6", "e5", "e4", "e3", "e2", "e1", "e0"], seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("bm9uc2Vuc2U")]
    [InlineData("OTk5OTk5OTk5OTk5OTk5OTk5OTk5OXxh")]
    public async Task ListAsync_BadCursor_IsRefused(string cursor) => await ThrowsAsync("cursor-invalid", () => storage.Experiments.ListAsync(3, cursor));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task ListAsync_BadLimit_IsRefused(int limit) => await ThrowsAsync("limit-invalid", () => storage.Experiments.ListAsync(limit, null));

    private ExperimentRow Row(string id) => new(id, "name", "question?", "hash", "pending", storage.Clock.GetUtcNow(), null, null, null, 0);

    private static RunRow Run(string name, int order, string phase, string? key = null) => new($"e1/{name}", "e1", order, JobKinds.Sft, name, phase, key, false, null, null, null, null);

    private ExperimentEvent Event(long sequence) => new(sequence, "type", storage.Clock.GetUtcNow(), """{"a":1}""");
}

public sealed class ExperimentStoreOnSqliteTests() : ExperimentStoreTests(DatabaseKind.Sqlite);

public sealed class ExperimentStoreOnPostgresTests() : ExperimentStoreTests(DatabaseKind.Postgres);
