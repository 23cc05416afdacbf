using Crescent.Chaos;
using Crescent.Server.Experiments;

namespace Crescent.EndToEnd.Tests.Workers;

/// <summary>Workers in processes of their own, on SQLite.</summary>
public sealed class WorkerProcessTests
{
    /// <summary>Two workers, one of which is started before its control process; one is frozen longer than its lease, comes back, and one is killed. The artifacts are those of one process.</summary>
    [Fact]
    public async Task Run_WorkersFrozenAndKilled_MakeTheArtifactsOfOneProcess()
    {
        var alone = await new ChaosRun(WorkerCluster.Spec, _ => { }).RunAsync([]);
        await using var cluster = new WorkerCluster();
        cluster.AddWorker();
        await cluster.StartControlAsync();
        cluster.AddWorker();
        var id = await cluster.Control.CreateAsync(WorkerCluster.Spec);

        await cluster.UntilAsync(id, view => IsRunning(view, "base-training") && cluster.ClaimantOf("base-training") is not null);
        var frozen = cluster.ClaimantOf("base-training")!;
        await frozen.FreezeAsync();
        await cluster.UntilAsync(id, view => view.Runs.Any(run => run is { Kind: "base-training", Phase: "succeeded" }));
        await frozen.ThawAsync();

        await cluster.UntilAsync(id, view => IsRunning(view, "recovery") && cluster.ClaimantOf("recovery") is not null);
        var killed = cluster.ClaimantOf("recovery")!;
        await killed.KillAsync();
        cluster.AddWorker();
        await cluster.UntilDoneAsync(id);

        Assert.Empty(ChaosComparison.Differences(alone.Hashes, await cluster.HashesAsync(id)));
        Assert.Contains("Lost base-training", frozen.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SigTerm_JobRunning_IsDrainedAndGoesOnAtAnotherWorker()
    {
        await using var cluster = new WorkerCluster();
        await cluster.StartControlAsync();
        var first = cluster.AddWorker();
        var id = await cluster.Control.CreateAsync(WorkerCluster.Spec);
        await first.ReadyAsync();
        await cluster.UntilAsync(id, view => IsRunning(view, "base-training"));
        Assert.Contains("crescent_worker_slots_busy 1\n", await first.AskAsync("metrics"), StringComparison.Ordinal);

        var exitCode = await first.StopAsync();
        var second = cluster.AddWorker();
        await cluster.UntilAsync(id, view => view.Runs.Any(run => run is { Kind: "base-training", Phase: "succeeded" }));

        Assert.Equal(0, exitCode);
        Assert.Contains("Released base-training", first.Log, StringComparison.Ordinal);
        Assert.Matches(@"Claimed base-training \w+ epoch 2, from snapshot step [1-9]", second.Log);
    }

    [Fact]
    public async Task Kernel_KilledInAProcessOfItsOwn_CostsItsAttemptOnly()
    {
        await using var cluster = new WorkerCluster();
        await cluster.StartControlAsync();
        var worker = cluster.AddWorker(("Crescent__Worker__Isolation", "process"));
        var id = await cluster.Control.CreateAsync(WorkerCluster.Spec);

        await cluster.UntilAsync(id, view => IsRunning(view, "base-training"));
        await cluster.UntilAsync(id, _ => worker.KillKernels());
        await cluster.UntilAsync(id, view => view.Runs.Any(run => run is { Kind: "sft", Phase: "succeeded" }));

        Assert.Contains("kernel-died", worker.Log, StringComparison.Ordinal);
        Assert.Equal(0, await worker.StopAsync());
    }

    private static bool IsRunning(ExperimentView view, string kind) => view.Runs.Any(run => run.Kind == kind && run.Progress is { State: "running", Done: > 0 });
}
