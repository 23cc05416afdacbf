using Crescent.Storage.Experiments;
using Crescent.Storage.Studies;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Studies;

public abstract class StudyStoreTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    private SqlStudyStore Studies => new(storage.Database, storage.Clock);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CreateAsync_SameKey_GivesTheFirstStudyAndOtherContentConflicts()
    {
        await Studies.CreateAsync(Row("s1"), [Cell("e1", 1)], new IdempotencyKey("k", "content"));

        Assert.Equal("s1", (await Studies.CreateAsync(Row("s2"), [Cell("e2", 1)], new IdempotencyKey("k", "content"))).Id);
        await ThrowsAsync("idempotency-conflict", () => Studies.CreateAsync(Row("s3"), [Cell("e3", 1)], new IdempotencyKey("k", "other")));
        Assert.Equal(["s1"], (await Studies.ListAsync(10, null)).Studies.Select(study => study.Id));
    }

    [Fact]
    public async Task CellsAsync_ExperimentsSubmittedOrNot_ShowWhereTheyAre()
    {
        await Studies.CreateAsync(Row("s1"), [Cell("e2", 7), Cell("e1", ulong.MaxValue)], null);
        await storage.Experiments.CreateAsync(new ExperimentRow("e1", "n", "q", "hash", "pending", storage.Clock.GetUtcNow(), null, null, null, 0, Study: "s1"), "{}", null);

        var cells = await Studies.CellsAsync("s1");

        Assert.Equal([("e2", 7UL, null), ("e1", ulong.MaxValue, "pending")], cells.Select(cell => (cell.ExperimentId, cell.Seed, cell.Phase)));
        Assert.Equal("s1", (await storage.Experiments.FindAsync("e1"))!.Study);
    }

    [Fact]
    public async Task RunCountsAsync_SubmittedExperiment_CountsItsRunsByPhase()
    {
        await Studies.CreateAsync(Row("s1"), [Cell("e2", 7), Cell("e1", 1)], null);
        var experiment = new ExperimentRow("e1", "n", "q", "hash", "running", storage.Clock.GetUtcNow(), null, null, null, 0, Study: "s1");
        await storage.Experiments.CreateAsync(experiment, "{}", null);
        RunRow Run(int order, string phase, bool cached = false) => new($"e1/{order}", "e1", order, "sft", "SFT", phase, null, cached, null, null, null, null);
        await storage.Experiments.AppendAsync(
            experiment with { LastSequence = 1 },
            [Run(0, "succeeded", cached: true), Run(1, "succeeded"), Run(2, "running", cached: true), Run(3, "skipped"), Run(4, "pending")],
            [new ExperimentEvent(1, "experiment-started", storage.Clock.GetUtcNow(), "{}")]);

        Assert.Equal([new StudyRunCounts("e1", Planned: 5, Running: 1, Ended: 3, Cached: 1)], await Studies.RunCountsAsync("s1"));
    }

    [Fact]
    public async Task ExtendAsync_FinishedStudy_AddsCellsAndOpensItAgain()
    {
        await Studies.CreateAsync(Row("s1"), [Cell("e1", 1)], null);
        await Studies.MoveAsync("s1", "running", "succeeded");
        await Studies.MoveAsync("s1", "running", "failed");
        Assert.Equal("succeeded", (await Studies.FindAsync("s1"))!.Phase);
        Assert.Empty(await Studies.UnfinishedAsync());

        await Studies.ExtendAsync(Row("s1") with { MaxRunning = 9 }, [Cell("e3", 3), Cell("e1", 1)]);

        var study = (await Studies.FindAsync("s1"))!;
        Assert.Equal(("running", 9, (DateTimeOffset?)null), (study.Phase, study.MaxRunning, study.FinishedAt));
        Assert.Equal(["e3", "e1"], (await Studies.CellsAsync("s1")).Select(cell => cell.ExperimentId));
        Assert.Equal(["s1"], await Studies.UnfinishedAsync());
    }

    private static StudyCellDraft Cell(string experiment, ulong seed) => new(experiment, "all", seed, "hash", "{}");

    private StudyRow Row(string id) => new(id, "name", "Why?", "{}", "running", 2, null, storage.Clock.GetUtcNow(), null);
}

public sealed class StudyStoreOnSqliteTests() : StudyStoreTests(DatabaseKind.Sqlite);

public sealed class StudyStoreOnPostgresTests() : StudyStoreTests(DatabaseKind.Postgres);
