using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Experiments;

/// <summary>What readers of an experiment see of its jobs.</summary>
public abstract class ExperimentJobsTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task RunsAsync_RunWithAJob_ShowsTheJobAsItStandsNow()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        await storage.Experiments.AppendAsync(Row("e1") with { LastSequence = 1 }, [Run("sft", 2, "running", Request().Key), Run("base", 1, "pending")], [Event(1)]);
        var claim = await storage.ClaimAsync();
        await storage.Queue.HeartbeatAsync(claim, Lease, new JobProgress(3, 10, "steps"), []);

        var runs = await storage.Experiments.RunsAsync("e1");

        Assert.Equal(["e1/base", "e1/sft"], runs.Select(run => run.RunId));
        Assert.Null(runs[0].Job);
        Assert.Equal(new JobView(claim.Key, JobKinds.Sft, JobPhase.Running, false, 1, 1, "w1", new JobProgress(3, 10, "steps"), null, null, null), runs[1].Job);
    }

    [Fact]
    public async Task RunsAsync_Hit_SaysSo()
    {
        await storage.SucceedAsync(Request(), "e0/sft");
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        await storage.Experiments.AppendAsync(Row("e1") with { LastSequence = 1 }, [Run("sft", 1, "succeeded", Request().Key)], [Event(1)]);

        Assert.True(Assert.Single(await storage.Experiments.RunsAsync("e1")).Job!.Hit);
    }

    [Fact]
    public async Task ArtifactsAndMetricsAsync_RunsOfTheExperiment_InOrder()
    {
        await storage.Experiments.CreateAsync(Row("e1"), "{}", null);
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        await storage.Experiments.AppendAsync(Row("e1") with { LastSequence = 1 }, [Run("sft", 1, "running", Request().Key)], [Event(1)]);
        var claim = await storage.ClaimAsync();
        await storage.Queue.CommitAsync(claim, (await storage.CheckpointAsync(200)) with { Metrics = [new("loss", 2, 0.25), new("loss", 1, 0.5), new("accuracy", 1, 0.1)] });
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(100));

        Assert.Equal([200, 100], (await storage.Experiments.ArtifactsAsync("e1")).Select(artifact => artifact.Step));
        Assert.Equal([new("accuracy", 1, 0.1), new("loss", 1, 0.5), new("loss", 2, 0.25)], await storage.Experiments.MetricsAsync("e1/sft"));
        Assert.Empty(await storage.Experiments.MetricsAsync("e1/none"));
        Assert.Equal([new("e1/sft", "loss", 0.75), new("e1/sft", "accuracy", 0.1)], await storage.Experiments.MetricSumsAsync("e1", ["loss", "flops", "accuracy"]));
        Assert.Empty(await storage.Experiments.MetricSumsAsync("e2", ["loss"]));
    }

    private ExperimentRow Row(string id) => new(id, "name", "question?", "hash", "pending", storage.Clock.GetUtcNow(), null, null, null, 0);

    private static RunRow Run(string name, int order, string phase, string? key = null) => new($"e1/{name}", "e1", order, JobKinds.Sft, name, phase, key, false, null, null, null, null);

    private ExperimentEvent Event(long sequence) => new(sequence, "type", storage.Clock.GetUtcNow(), """{"a":1}""");

    public sealed class OnSqlite() : ExperimentJobsTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : ExperimentJobsTests(DatabaseKind.Postgres);
}
