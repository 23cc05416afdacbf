using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Reports;

namespace Crescent.Grains.Tests.Experiments;

public sealed class ExperimentPlanTests
{
    private readonly Simulation world = new(Specs.Small) { Accuracy = run => run is "evaluation/sft-4" or "evaluation/sft-8" ? 0.7 : 0.1 };

    [Fact]
    public void Start_PendingExperiment_ListsEveryRunAndStartsTheBase()
    {
        var decision = world.Start();

        Assert.Equal(
            [
                "base", "sft", "evaluation/sft-0", "evaluation/sft-4", "evaluation/sft-8", "evaluation/sft-16", "recovery/8", "recovery/16", "recovery/best", "shuffled-reward/8", "both-rules/16",
                "evaluation/recovery-8", "evaluation/recovery-16", "evaluation/recovery-best", "evaluation/shuffled-reward-8", "evaluation/both-rules-16", "spectra/base-to-best", "spectra/end-to-recovery-16",
                "intervention/best-to-end", "report",
            ],
            world.State.Runs.Select(run => run.Name));
        Assert.Equal([new RunCommand(1, "base", RunCommandKind.Start)], decision.Commands);
        Assert.Equal(["experiment-started", "run-started"], decision.Events.Select(happened => happened.Type));
        Assert.Equal([1L, 2L], decision.Events.Select(happened => happened.Sequence));
    }

    [Fact]
    public void Extend_WithACheckpoint_EndsSftOnceItsJobHasMadeItAndKeepsWhatItSaidAtItsEnd()
    {
        world.Start();
        world.Settle();
        var (job, said) = (world.Run("sft").JobKey, world.Run("sft").Summary);

        world.Extend("""{ "sft": { "checkpoints": [12] } }""");
        Assert.Equal(Phases.Running, world.Run("sft").Phase);
        world.Settle();

        Assert.Equal((Phases.Succeeded, job, said), (world.Run("sft").Phase, world.Run("sft").JobKey, world.Run("sft").Summary));
        Assert.Equal([0, 4, 8, 16, 12], world.Run("sft").Checkpoints.Select(checkpoint => checkpoint.Step));
    }

    [Fact]
    public void Report_BaseCheckpoint_StartsSftBeforeTheBaseHasEnded()
    {
        world.Start();
        world.CarryOut();

        var decision = world.Commit("base");

        Assert.Equal(["sft"], decision.Commands.Select(command => command.Run));
        Assert.Equal(Phases.Running, world.Run("base").Phase);
        Assert.Equal(["base=base@24"], RunJob.Of(Specs.Small, world.State, decision.Commands[0]).Inputs.Select(input => $"{input.Key}={input.Value}"));
    }

    [Fact]
    public void Report_SftCheckpoint_StartsItsEvaluationAndItsRecoveriesAtOnce()
    {
        UntilSft();

        Assert.Equal(["evaluation/sft-0"], world.Commit("sft").Commands.Select(command => command.Run));
        Assert.Equal(["evaluation/sft-4"], world.Commit("sft").Commands.Select(command => command.Run));
        Assert.Equal(["evaluation/sft-8", "recovery/8", "shuffled-reward/8"], world.Commit("sft").Commands.Select(command => command.Run));
        Assert.Equal(["evaluation/sft-16", "recovery/16", "both-rules/16"], world.Commit("sft").Commands.Select(command => command.Run));
    }

    [Fact]
    public void Report_AllSftEvaluationsIn_ChoosesTheBestEarlierOnTies()
    {
        UntilSft();
        while (world.BestUnknown())
        {
            world.CarryOutAll();
            world.Commit(world.Live.FirstOrDefault(run => run == "sft") ?? world.Live.First(BestCandidates));
        }

        Assert.Equal(4, world.State.BestStep);
        Assert.Contains(world.Events, happened => happened.Type == "best-chosen");
        var start = world.Waiting.Single(command => command.Run == "recovery/best");
        Assert.Equal("sft@4", RunJob.Of(Specs.Small, world.State, start).Inputs["start"]);
        Assert.Contains(world.Waiting, command => command.Run == "spectra/base-to-best");
        Assert.Contains(world.Waiting, command => command.Run == "intervention/best-to-end");
        Assert.DoesNotContain(world.Waiting, command => command.Run == "spectra/end-to-recovery-16");
    }

    [Fact]
    public void Settle_NothingFails_SucceedsWithAReportOfEverything()
    {
        world.Start();
        var report = default(RunStart);
        while (report is null)
        {
            world.CarryOutAll();
            world.Commit(world.Live[0]);
            report = world.Waiting.FirstOrDefault(command => command.Run == "report") is { } command ? RunJob.Of(Specs.Small, world.State, command) : null;
        }

        Assert.All(world.State.Runs.Where(run => run.Name != "report"), run => Assert.Equal(Phases.Succeeded, run.Phase));
        world.Settle();

        Assert.Equal(Phases.Succeeded, world.State.Phase);
        var spec = JobJson.Read<ReportSpec>(report.Spec);
        Assert.Equal((4, 16, 8), (spec.BestStep, spec.EndStep, spec.ClaimStep));
        Assert.Equal(
            [
                new ReportPoint("sft", 0, "evaluation-sft-0"), new ReportPoint("sft", 4, "evaluation-sft-4"), new ReportPoint("sft", 8, "evaluation-sft-8"), new ReportPoint("sft", 16, "evaluation-sft-16"),
                new ReportPoint("recovery", 8, "evaluation-recovery-8"), new ReportPoint("recovery", 16, "evaluation-recovery-16"), new ReportPoint("recovery", 4, "evaluation-recovery-best"),
                new ReportPoint("shuffled-reward", 8, "evaluation-shuffled-reward-8"), new ReportPoint("both-rules", 16, "evaluation-both-rules-16"),
            ],
            spec.Points);
        Assert.Equal([new ReportPair("base", "best", "spectra-base-to-best"), new ReportPair("end", "recovery-16", "spectra-end-to-recovery-16")], spec.Spectra);
        Assert.Equal([new ReportPair("best", "end", "intervention-best-to-end")], spec.Interventions);
        Assert.Equal("evaluation/sft-4@0", report.Inputs["evaluation-sft-4"]);
        Assert.Equal(spec.Points.Count + 3, report.Inputs.Count);
        Assert.Equal(world.State.Runs.Select(run => run.Name).Where(name => name != "report"), spec.Compute.Select(run => run.Run));
        Assert.All(spec.Compute, run => Assert.Equal(SimulatedJob.Use, run.Use));
        Assert.Equal(
            ["base-training", "sft", "evaluation", "recovery", "shuffled-reward", "both-rules", "spectra", "intervention"], spec.Compute.Select(run => run.Role).Distinct());
    }

    [Fact]
    public void RunJob_RunsThatEndedBeforeTheyCounted_AreNotInTheAccount()
    {
        world.Start();
        world.Settle();
        var old = world.State with { Runs = [.. world.State.Runs.Select(run => run with { Summary = run.Name.StartsWith("intervention/", StringComparison.Ordinal) ? "[]" : "{}" })] };

        Assert.Empty(JobJson.Read<ReportSpec>(RunJob.Of(Specs.Small, old, new RunCommand(1, "report", RunCommandKind.Start)).Spec).Compute);
    }

    [Fact]
    public void Settle_BestIsAListedStart_TheReportHoldsItOnce()
    {
        var same = new Simulation(Specs.Small) { Accuracy = run => run == "evaluation/sft-8" ? 1 : 0 };
        same.Start();
        same.Settle();

        Assert.Equal(Phases.Succeeded, same.State.Phase);
        var report = JobJson.Read<ReportSpec>(RunJob.Of(Specs.Small, same.State, new RunCommand(1, "report", RunCommandKind.Start)).Spec);
        Assert.Single(report.Points, point => point is { Role: "recovery", Step: 8 });
    }

    [Fact]
    public void RunJob_Controls_DifferFromTheRecoveryInWhatTheyName()
    {
        var plan = PlannedRuns.Of(Specs.Small);

        RecoverySpec Spec(string run) => JobJson.Read<RecoverySpec>(plan.Single(planned => planned.Name == run).Spec!());

        Assert.Equal(Spec("recovery/8") with { RewardSource = RewardSource.Shuffled }, Spec("shuffled-reward/8"));
        Assert.Equal(Spec("recovery/8") with { Rules = RecoveryRules.Both, Updates = 2 }, Spec("both-rules/16"));
    }

    [Fact]
    public void Fail_OneRecovery_SkipsOnlyWhatNeedsIt()
    {
        world.Start();
        world.Settle(run => run == "recovery/16");

        Assert.Equal(Phases.Failed, world.State.Phase);
        Assert.Equal("recovery/16: kernel-failed: as asked", world.State.Error);
        Assert.Equal(["evaluation/recovery-16", "spectra/end-to-recovery-16"], world.State.Runs.Where(run => run.Phase == Phases.Skipped).Select(run => run.Name));
        Assert.Equal(Phases.Succeeded, world.Run("report").Phase);
        Assert.Contains("recovery/16", world.Run("evaluation/recovery-16").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fail_SftAfterSomeCheckpoints_KeepsWhatTheyAllow()
    {
        UntilSft();
        world.Commit("sft");
        world.Commit("sft");
        world.Commit("sft");
        world.Fail("sft");
        world.Settle();

        Assert.Equal(Phases.Failed, world.State.Phase);
        Assert.Equal(Phases.Succeeded, world.Run("evaluation/recovery-8").Phase);
        Assert.Equal(
            ["evaluation/sft-16", "recovery/16", "recovery/best", "both-rules/16", "evaluation/recovery-16", "evaluation/recovery-best", "evaluation/both-rules-16", "spectra/base-to-best", "spectra/end-to-recovery-16", "intervention/best-to-end", "report"],
            world.State.Runs.Where(run => run.Phase == Phases.Skipped).Select(run => run.Name));
    }

    [Fact]
    public void Fail_AnSftEvaluation_LeavesNoBest()
    {
        world.Start();
        world.Settle(run => run == "evaluation/sft-0");

        Assert.Null(world.State.BestStep);
        Assert.Contains("evaluation/sft-0", world.Run("intervention/best-to-end").Error, StringComparison.Ordinal);
        Assert.Equal(Phases.Skipped, world.Run("report").Phase);
        Assert.Equal(Phases.Succeeded, world.Run("evaluation/recovery-16").Phase);
    }

    [Fact]
    public void Refuse_AStart_FailsTheRun()
    {
        world.Start();
        world.CarryOut(refuse: true);

        Assert.Equal(Phases.Failed, world.State.Phase);
        Assert.Equal("base: artifact-missing: gone", world.State.Error);
        Assert.Empty(world.Live);
    }

    [Fact]
    public void Pause_WhileARunIsStarting_StopsItAfterItsStart()
    {
        world.Start();
        world.Pause();
        Assert.Equal([RunCommandKind.Start, RunCommandKind.Stop], world.Waiting.Select(command => command.Kind));

        world.CarryOutAll();

        Assert.Equal(Phases.Paused, world.State.Phase);
        Assert.Empty(world.Live);
    }

    [Fact]
    public void Resume_BeforeThePauseIsDone_EndsRunning()
    {
        world.Start();
        world.Pause();
        world.Resume();
        world.CarryOutAll();

        Assert.Equal(Phases.Running, world.State.Phase);
        Assert.Equal(["base"], world.Live);
    }

    [Fact]
    public void Report_WhilePaused_IsTakenInButStartsNothing()
    {
        UntilSft();
        world.Pause();

        var decision = world.Commit("sft");
        Assert.Empty(decision.Commands);
        world.CarryOutAll();
        Assert.Equal(Phases.Paused, world.State.Phase);

        Assert.Equal(["evaluation/sft-0", "sft"], world.Resume().Commands.Select(command => command.Run).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Cancel_BeforeTheStart_EndsAtOnce()
    {
        world.Cancel();

        Assert.Equal(Phases.Cancelled, world.State.Phase);
        Assert.False(world.Start().Changes);
    }

    [Fact]
    public void Cancel_WhileRunning_EndsWhenEveryRunIsDetached()
    {
        UntilSft();
        world.Commit("sft");
        world.Cancel();
        Assert.Equal(Phases.Cancelling, world.State.Phase);

        world.CarryOutAll();

        Assert.Equal(Phases.Cancelled, world.State.Phase);
        Assert.Empty(world.Live);
        Assert.All(world.State.Runs.Where(run => run.Name != "base"), run => Assert.Equal(Phases.Cancelled, run.Phase));
    }

    [Fact]
    public void Cancel_Paused_NeedsNoFurtherStops()
    {
        world.Start();
        world.Pause();
        world.CarryOutAll();

        Assert.Empty(world.Cancel().Commands);
        Assert.Equal(Phases.Cancelled, world.State.Phase);
    }

    [Fact]
    public void CodeChanged_RunsOnTheirWay_AreSubscribedAgainAndKeepTheirCheckpoints()
    {
        UntilSft();
        world.Commit("sft");
        var at = DateTimeOffset.UnixEpoch.AddHours(1);
        var decision = world.Tell(new CodeChanged(at, "new"));
        Assert.Equal(["sft", "evaluation/sft-0"], decision.Commands.Select(command => command.Run));

        var start = decision.Commands[0];
        world.Tell(new RunSubscribed(at, "sft", start.Number, "another key", false));
        world.Tell(new RunReported(at, "sft", new RunReport("sft", 1, "checkpoint", 0, "{}", [new RunReportArtifact("a", "checkpoint", "other bytes", 1)], "another key", false)));

        Assert.Equal([new CheckpointState(0, "sft@0")], world.Run("sft").Checkpoints);
        Assert.Equal(1, world.Run("sft").LastOutcome);
    }

    [Fact]
    public void PlannedRuns_Priorities_PutWhatOthersWaitForFirst()
    {
        var priority = PlannedRuns.Of(Specs.Small).ToDictionary(run => run.Name, run => run.Priority);

        string[] falling = ["base", "sft", "evaluation/sft-0", "intervention/best-to-end", "recovery/8", "recovery/16", "shuffled-reward/8", "spectra/base-to-best", "evaluation/recovery-8", "report"];
        Assert.Equal(falling, falling.OrderByDescending(run => priority[run]));
    }

    private static bool BestCandidates(string run) => run.StartsWith("evaluation/sft-", StringComparison.Ordinal);

    private void UntilSft()
    {
        world.Start();
        world.CarryOut();
        world.Commit("base");
        world.Commit("base");
        world.CarryOut();
    }
}

file static class SimulationSteps
{
    public static void CarryOutAll(this Simulation world)
    {
        while (world.Waiting.Count > 0)
        {
            world.CarryOut();
        }
    }

    public static bool BestUnknown(this Simulation world) => world.State.BestStep is null;
}
