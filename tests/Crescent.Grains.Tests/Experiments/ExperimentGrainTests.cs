using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Grains.Jobs;
using Crescent.Grains.Tests.Hosting;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;

namespace Crescent.Grains.Tests.Experiments;

public sealed class ExperimentGrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Start_WorkersRun_SucceedsWithRowsAndAReplayableLog()
    {
        await using var host = await StartedAsync("e1");
        await new TestWorker(host).UntilAsync("e1", Phases.Succeeded);

        var runs = await host.Experiments.RunsAsync("e1");
        Assert.Equal(PlannedRuns.Of(Specs.Small).Select(run => $"e1/{run.Name}"), runs.Select(run => run.RunId));
        Assert.All(runs, run => Assert.Equal(Phases.Succeeded, run.Phase));
        Assert.All(runs, run => Assert.NotNull(run.JobKey));
        var row = await host.Experiments.FindAsync("e1");
        var events = await host.Experiments.EventsAsync("e1", 0, 10_000);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(happened => happened.Sequence));
        Assert.Equal(events.Count, row!.LastSequence);

        var (state, _) = Replay.Of(events, new Dictionary<string, ExperimentSpec> { [row.SpecHash] = Specs.Small }, row.SpecHash);

        Assert.Equal((Phases.Succeeded, row.LastSequence), (state.Phase, state.LastEvent));
        Assert.Equal(runs.Select(run => run.JobKey), state.Runs.Select(run => run.JobKey));
    }

    [Fact]
    public async Task Start_SubmittedOnly_ListsPendingRunsAtOnce()
    {
        await using var host = await StartedAsync("e1");

        var phases = (await host.Experiments.RunsAsync("e1")).Select(run => run.Phase).ToList();

        Assert.Equal([Phases.Running, .. Enumerable.Repeat(Phases.Pending, phases.Count - 1)], phases);
    }

    [Fact]
    public async Task Start_SameSpecAgain_ComesFromTheCache()
    {
        await using var host = await StartedAsync("e1");
        var worker = new TestWorker(host);
        await worker.UntilAsync("e1", Phases.Succeeded);

        await host.SubmitAsync("e2", Specs.Small);
        await host.Experiment("e2").StartAsync();
        await host.Experiments.ReachedAsync("e2", Phases.Succeeded);

        Assert.Null(await worker.WorkAsync());
        Assert.All(await host.Experiments.RunsAsync("e2"), run => Assert.True(run.Cached, run.RunId));
    }

    [Fact]
    public async Task Start_CalledTwice_StartsOnce()
    {
        await using var host = await StartedAsync("e1");
        await host.Experiment("e1").StartAsync();

        Assert.Equal(1, host.Jobs.Subscriptions);
        Assert.Equal(["experiment-started", "run-started", "run-queued"], (await host.Experiments.EventsAsync("e1", 0, 100)).Select(happened => happened.Type));
    }

    [Fact]
    public async Task Pause_WhileRunning_LeavesNoJobAndResumeGoesOn()
    {
        await using var host = await StartedAsync("e1");
        var worker = new TestWorker(host);
        Assert.Equal(JobKinds.BaseTraining, await worker.WorkAsync());
        await host.RequestAsync("e1", RequestVerbs.Pause);
        await host.Experiments.ReachedAsync("e1", Phases.Paused);

        Assert.Null(await worker.ClaimAsync());

        await host.RequestAsync("e1", RequestVerbs.Resume);
        await worker.UntilAsync("e1", Phases.Succeeded);
    }

    [Fact]
    public async Task Cancel_WhileRunning_LeavesNoJob()
    {
        await using var host = await StartedAsync("e1");
        var worker = new TestWorker(host);
        await worker.WorkAsync();
        await host.RequestAsync("e1", RequestVerbs.Cancel);
        await host.Experiments.ReachedAsync("e1", Phases.Cancelled);

        Assert.Null(await worker.ClaimAsync());
        Assert.Empty(await host.Experiments.UnfinishedAsync());
        await host.RequestAsync("e1", RequestVerbs.Cancel);
        Assert.Equal(Phases.Cancelled, (await host.Experiments.FindAsync("e1"))!.Phase);
    }

    [Fact]
    public async Task Cancel_WhileAnotherExperimentWantsTheSameJob_LeavesItRunning()
    {
        await using var host = await StartedAsync("e1");
        await host.SubmitAsync("e2", Specs.Small);
        await host.Experiment("e2").StartAsync();
        await host.RequestAsync("e1", RequestVerbs.Cancel);

        await new TestWorker(host).UntilAsync("e2", Phases.Succeeded);

        Assert.Equal(Phases.Cancelled, (await host.Experiments.FindAsync("e1"))!.Phase);
    }

    [Fact]
    public async Task Report_JobFailsForGood_SkipsDependentsAndNamesTheCause()
    {
        await using var host = await StartedAsync("e1");
        await new TestWorker(host) { Fails = [JobKinds.Recovery] }.UntilAsync("e1", Phases.Failed);

        var runs = await host.Experiments.RunsAsync("e1");
        Assert.Contains("kernel-failed", (await host.Experiments.FindAsync("e1"))!.Error, StringComparison.Ordinal);
        Assert.Equal(5, runs.Count(run => run.Phase == Phases.Failed));
        Assert.Equal(6, runs.Count(run => run.Phase == Phases.Skipped));
        Assert.Equal(Phases.Succeeded, runs.Single(run => run.Kind == JobKinds.Report).Phase);
    }

    [Fact]
    public async Task Start_UnknownExperiment_TellsTheCallerTheCode()
    {
        await using var host = await GrainHost.StartAsync(folder.Path);

        var error = await Assert.ThrowsAsync<CrescentException>(() => host.Experiment("missing").StartAsync());

        Assert.Equal("experiment-unknown", error.Code);
    }

    [Fact]
    public async Task Start_ProcessEndsBeforeTheEventsAreAppended_NewProcessGoesOn()
    {
        await using (var first = await GrainHost.StartAsync(folder.Path))
        {
            await first.SubmitAsync("e1", Specs.Small);
            first.Experiments.Fails = id => id == "e1";
            await Assert.ThrowsAnyAsync<Exception>(() => first.Experiment("e1").StartAsync());
            Assert.Empty(await first.Experiments.EventsAsync("e1", 0, 10));
        }

        await using var second = await GrainHost.StartAsync(folder.Path);
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);

        Assert.Equal(1, (await second.Experiments.EventsAsync("e1", 0, 10))[0].Sequence);
    }

    [Fact]
    public async Task Start_ProcessEndsBetweenSubscriptionAndItsRecord_NewProcessGoesOnWithTheSameJob()
    {
        await using (var first = await GrainHost.StartAsync(folder.Path))
        {
            await first.SubmitAsync("e1", Specs.Small);
            first.Jobs.LosesAnswer = run => run == "e1/base";
            await first.Experiment("e1").StartAsync();
            Assert.DoesNotContain(await first.Experiments.EventsAsync("e1", 0, 10), happened => happened.Type == "run-queued");
        }

        await using var second = await GrainHost.StartAsync(folder.Path);
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);

        Assert.Single(await second.Experiments.EventsAsync("e1", 0, 1000), happened => happened.Type == "run-queued" && happened.Payload.Contains("\"run\":\"base\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancel_StartNotHeardOf_LeavesNoJob()
    {
        await using var host = await GrainHost.StartAsync(folder.Path);
        await host.SubmitAsync("e1", Specs.Small);
        host.Jobs.LosesAnswer = _ => true;
        await host.Experiment("e1").StartAsync();
        await host.RequestAsync("e1", RequestVerbs.Cancel);
        host.Jobs.LosesAnswer = _ => false;
        host.Hints.Wake();
        await host.Experiments.ReachedAsync("e1", Phases.Cancelled);

        Assert.Null(await new TestWorker(host).ClaimAsync());
    }

    [Fact]
    public async Task Submit_ProcessEndsBeforeTheStart_NewProcessStartsIt()
    {
        await using (var first = await GrainHost.StartAsync(folder.Path))
        {
            first.Experiments.Fails = _ => true;
            await first.SubmitAsync("e1", Specs.Small);
        }

        await using var second = await GrainHost.StartAsync(folder.Path);
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);
    }

    [Fact]
    public async Task Restart_InTheMiddle_LosesNothing()
    {
        await using (var first = await StartedAsync("e1"))
        {
            var worker = new TestWorker(first);
            await worker.WorkAsync();
            await first.Experiments.ReachedAsync("e1", Phases.Running);
        }

        await using var second = await GrainHost.StartAsync(folder.Path);
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);
    }

    [Fact]
    public async Task Restart_WithOtherKernels_MakesTheJobsAnew()
    {
        await using (var first = await StartedAsync("e1"))
        {
            Assert.NotNull(await new TestWorker(first).ClaimAsync());
        }

        await using var second = await GrainHost.StartAsync(folder.Path, new JobCode("other"));
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);

        Assert.Contains(await second.Experiments.EventsAsync("e1", 0, 100), happened => happened.Type == "run-restarted");
    }

    [Fact]
    public async Task ControlLoop_OneExperimentCannotBeDriven_DrivesTheOthers()
    {
        await using var host = await GrainHost.StartAsync(folder.Path);
        var broken = Specs.Small with { Name = "broken" };
        host.Experiments.Fails = what => what == ExperimentSpecReader.Hash(broken);
        await host.SubmitAsync("e0", broken);
        await host.SubmitAsync("e1", Specs.Small);

        host.Hints.Wake();
        await new TestWorker(host).UntilAsync("e1", Phases.Succeeded);

        Assert.Equal(Phases.Pending, (await host.Experiments.FindAsync("e0"))!.Phase);
    }

    [Fact]
    public async Task Retry_FailedRuns_AreDoneAgainAndNothingElse()
    {
        await using var host = await StartedAsync("e1");
        await new TestWorker(host) { Fails = [JobKinds.Recovery] }.UntilAsync("e1", Phases.Failed);
        var before = (await host.Experiments.RunsAsync("e1")).Where(run => run.Phase == Phases.Succeeded && run.Kind != JobKinds.Report).ToDictionary(run => run.RunId, run => run.FinishedAt);

        var request = await host.RequestAsync("e1", RequestVerbs.Retry);
        await new TestWorker(host).UntilAsync("e1", Phases.Succeeded);

        Assert.Null(request.Refusal);
        var after = (await host.Experiments.RunsAsync("e1")).ToDictionary(run => run.RunId, run => run.FinishedAt);
        Assert.All(before, run => Assert.Equal(run.Value, after[run.Key]));
    }

    [Fact]
    public async Task Retry_AnotherExperimentHasMadeTheFailedJobsMeanwhile_TakesTheirOutcomes()
    {
        await using var host = await StartedAsync("e1");
        await new TestWorker(host) { Fails = [JobKinds.Recovery] }.UntilAsync("e1", Phases.Failed);
        await host.SubmitAsync("e2", Specs.Small);
        await host.Experiment("e2").StartAsync();
        await new TestWorker(host).UntilAsync("e2", Phases.Succeeded);

        await host.RequestAsync("e1", RequestVerbs.Retry);
        await host.Experiments.ReachedAsync("e1", Phases.Succeeded);

        Assert.All((await host.Experiments.RunsAsync("e1")).Where(run => run.Kind == JobKinds.Recovery), run => Assert.True(run.Cached, run.RunId));
    }

    [Fact]
    public async Task Retry_NothingFailed_IsRefusedAndLogged()
    {
        await using var host = await StartedAsync("e1");

        var request = await host.RequestAsync("e1", RequestVerbs.Retry);

        Assert.Contains("No run has failed", request.Refusal, StringComparison.Ordinal);
        Assert.Equal("request-noted", (await host.Experiments.EventsAsync("e1", 0, 100))[^1].Type);
    }

    [Fact]
    public async Task Retry_ProcessEndsRightAfterTheRequestIsStored_NewProcessTakesItIn()
    {
        await using (var first = await StartedAsync("e1"))
        {
            await new TestWorker(first) { Fails = [JobKinds.Evaluation] }.UntilAsync("e1", Phases.Failed);
            await first.Requests.AcceptAsync("e1", RequestVerbs.Retry, "{}", key: null);
        }

        await using var second = await GrainHost.StartAsync(folder.Path);
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);

        Assert.Empty(await second.Requests.OpenAsync("e1"));
        Assert.Single(await second.Experiments.EventsAsync("e1", 0, 10_000), happened => happened.Type == "experiment-retried");
    }

    [Fact]
    public async Task Extend_ProcessEndsBeforeItIsLogged_NewProcessGoesOnAndSettlesIt()
    {
        await using (var first = await StartedAsync("e1"))
        {
            await new TestWorker(first).UntilAsync("e1", Phases.Succeeded);
            first.Experiments.Fails = id => id == "e1";
            await Assert.ThrowsAnyAsync<Exception>(() => first.RequestAsync("e1", RequestVerbs.Extend, """{ "sft": { "checkpoints": [12] }, "recovery": { "from": [12] } }"""));
            Assert.Equal(Phases.Succeeded, (await first.Experiments.FindAsync("e1"))!.Phase);
        }

        await using var second = await GrainHost.StartAsync(folder.Path);
        await new TestWorker(second).UntilAsync("e1", Phases.Succeeded);

        var row = (await second.Experiments.FindAsync("e1"))!;
        var spec = JobJson.Read<ExperimentSpec>(await second.Experiments.ReadSpecAsync(row.SpecHash));
        Assert.Equal([0, 4, 8, 12, 16], spec.Sft.Checkpoints);
        var runs = await second.Experiments.RunsAsync("e1");
        Assert.Equal(PlannedRuns.Of(spec).Select(run => $"e1/{run.Name}"), runs.Select(run => run.RunId));
        Assert.All(runs, run => Assert.Equal(Phases.Succeeded, run.Phase));
        Assert.Single(await second.Experiments.EventsAsync("e1", 0, 10_000), happened => happened.Type == "experiment-extended");
        Assert.Null((await second.Requests.FindRequestAsync("e1", 1))!.Refusal);
    }

    [Fact]
    public async Task Extend_WithCheckpoints_HasTheSameSftJobMakeThem()
    {
        await using var host = await StartedAsync("e1");
        var worker = new TestWorker(host);
        await worker.UntilAsync("e1", Phases.Succeeded);
        var before = await SftJobAsync(host, "e1");

        await host.RequestAsync("e1", RequestVerbs.Extend, """{ "sft": { "checkpoints": [12] } }""");
        await worker.UntilAsync("e1", Phases.Succeeded);

        Assert.Equal(before, await SftJobAsync(host, "e1"));
        Assert.Equal([0, 4, 8, 16, 12], await SftStepsAsync(host, "e1"));
    }

    [Fact]
    public async Task Start_ExperimentsThatDifferInTheirCheckpoints_ShareTheSftJobAndEachListsItsOwn()
    {
        await using var host = await StartedAsync("e1");
        await host.SubmitAsync("e2", Specs.Small with { Sft = Specs.Small.Sft with { Checkpoints = [0, 6, 8, 16] } });
        await host.Experiment("e2").StartAsync();
        var worker = new TestWorker(host);
        await worker.UntilAsync(Task.WhenAll(host.Experiments.ReachedAsync("e1", Phases.Succeeded), host.Experiments.ReachedAsync("e2", Phases.Succeeded)));

        Assert.Equal(await SftJobAsync(host, "e1"), await SftJobAsync(host, "e2"));
        Assert.Equal([0, 4, 8, 16], (await SftStepsAsync(host, "e1")).Order());
        Assert.Equal([0, 6, 8, 16], (await SftStepsAsync(host, "e2")).Order());
    }

    [Fact]
    public async Task FindCheckpoint_ByItsNames_GivesTheArtifact()
    {
        await using var host = await StartedAsync("e1");
        await new TestWorker(host).UntilAsync("e1", Phases.Succeeded);
        var made = (await host.Experiments.ArtifactsAsync("e1")).ToLookup(artifact => (artifact.RunId, artifact.Step), artifact => artifact.Artifact.Sha256);

        Assert.Equal(made[("e1/sft", 8)].Single(), (await host.Experiment("e1").FindCheckpointAsync("8"))!.Sha256);
        Assert.Equal(made[("e1/sft", 16)].Single(), (await host.Experiment("e1").FindCheckpointAsync("end"))!.Sha256);
        Assert.Equal(made[("e1/recovery/16", 4)].First(), (await host.Experiment("e1").FindCheckpointAsync("recovery-end"))!.Sha256);
        Assert.Equal(made[("e1/shuffled-reward/8", 4)].First(), (await host.Experiment("e1").FindCheckpointAsync("shuffled-reward-8"))!.Sha256);
        Assert.NotNull(await host.Experiment("e1").FindCheckpointAsync("best"));
        Assert.Null(await host.Experiment("e1").FindCheckpointAsync("sft-9"));
    }

    private static async Task<string?> SftJobAsync(GrainHost host, string id) => (await host.Experiments.RunsAsync(id)).Single(run => run.RunId == $"{id}/sft").JobKey;

    private static async Task<IEnumerable<int>> SftStepsAsync(GrainHost host, string id) =>
        (await host.Experiments.ArtifactsAsync(id)).Where(artifact => artifact.RunId == $"{id}/sft" && artifact.Artifact.Name.StartsWith("checkpoint", StringComparison.Ordinal)).Select(artifact => artifact.Step);

    private async Task<GrainHost> StartedAsync(string id)
    {
        var host = await GrainHost.StartAsync(folder.Path);
        await host.SubmitAsync(id, Specs.Small);
        await host.Experiment(id).StartAsync();
        return host;
    }
}
