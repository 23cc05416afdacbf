using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>What holds for any order of outcomes, failures, pauses and cancellations. A history is a list of numbers, each of which picks what happens next among what can happen.</summary>
public sealed class ExperimentPlanProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(100).WithStartSize(1).WithEndSize(200);

    [Fact]
    public void Next_AnyHistory_EndsTerminalWithoutALiveJob() => Check(history =>
    {
        var world = Play(history);
        Finish(world);

        Assert.True(Phases.IsTerminal(world.State.Phase), world.State.Phase);
        Assert.All(world.State.Runs, run => Assert.True(Phases.IsTerminal(run.Phase), $"{run.Name} {run.Phase}"));
        Assert.Empty(world.Subscribed);
        Assert.Empty(world.Waiting);
    });

    [Fact]
    public void Next_TerminalAtAnyMoment_NoLiveJobOnceCommandsAreCarriedOut() => Check(history =>
    {
        var world = Play(history);
        if (Phases.IsTerminal(world.State.Phase))
        {
            while (world.Waiting.Count > 0)
            {
                world.CarryOut();
            }

            Assert.Empty(world.Subscribed);
        }
    });

    [Fact]
    public void Next_AnyInputTwice_ChangesNothing() => Check(history =>
    {
        var world = Play(history);
        foreach (var input in world.Inputs.ToList())
        {
            Assert.False(ExperimentPlan.Next(SpecOf(world, world.State, input), world.State, input).Changes, $"{input} changed {world.State.Phase}");
        }
    });

    [Fact]
    public void Next_TheSameInputAtOnceAgain_ChangesNothing() => Check(history =>
    {
        var world = Play(history);
        var state = new ExperimentState();
        foreach (var input in world.Inputs)
        {
            state = ExperimentPlan.Next(SpecOf(world, state, input), state, input).State;
            var again = ExperimentPlan.Next(SpecOf(world, state, input), state, input);
            Assert.False(again.Changes);
            Assert.Equal(JobJson.Write(state), JobJson.Write(again.State));
        }
    });

    [Fact]
    public void Next_LogReplayed_GivesTheSameStateAndTheSameEvents() => Check(history =>
    {
        var world = Play(history);
        Finish(world);

        var (state, log) = Replay.Of(world.Events, world.Specs, ExperimentSpecReader.Hash(Specs.Small));

        Assert.Equal(JobJson.Write(world.State), JobJson.Write(state));
        Assert.Equal(world.Events.Select(JobJson.Write), log.Select(JobJson.Write));
        Assert.Equal(Enumerable.Range(1, log.Count).Select(n => (long)n), world.Events.Select(happened => happened.Sequence));
    });

    [Fact]
    public void Next_StateStoredAndReadBetweenInputs_DecidesTheSame() => Check(history =>
    {
        var world = Play(history);
        var state = new ExperimentState();
        foreach (var input in world.Inputs)
        {
            state = JobJson.Read<ExperimentState>(JobJson.Write(ExperimentPlan.Next(SpecOf(world, state, input), state, input).State));
        }

        Assert.Equal(JobJson.Write(world.State), JobJson.Write(state));
    });

    [Fact]
    public void Next_RetryAfterAnyHistory_StartsOnlyWhatHadFailedOrBeenSkipped() => Check(history =>
    {
        var world = Play(history);
        Finish(world);
        if (world.State.Phase == Phases.Failed)
        {
            var (done, before) = (world.State.Runs.Where(run => run.Phase == Phases.Succeeded && run.Name != PlannedRuns.Report).Select(run => run.Name).ToHashSet(), world.CarriedOut.Count);
            world.Retry();
            world.Settle();

            Assert.Equal(Phases.Succeeded, world.State.Phase);
            Assert.DoesNotContain(world.CarriedOut.Skip(before), command => done.Contains(command.Run));
            Assert.Empty(world.Subscribed);
        }
    });

    [Fact]
    public void Next_ExtensionAfterAnyHistory_PlansWhatItAddsAndKeepsTheRest() => Check(history =>
    {
        var world = Play(history);
        Finish(world);
        world.Retry();
        world.Settle();
        if (world.State.Phase == Phases.Succeeded)
        {
            var before = world.CarriedOut.Count;
            world.Extend("""{ "recovery": { "from": ["0"] }, "spectra": { "pairs": [{ "from": "sft-8", "to": "end" }] } }""");
            world.Settle();

            Assert.Equal(Phases.Succeeded, world.State.Phase);
            Assert.Equal(PlannedRuns.Of(world.Spec).Select(run => run.Name), world.State.Runs.Select(run => run.Name));
            Assert.Equal(
                ["recovery/0", "evaluation/recovery-0", "spectra/sft-8-to-end", "intervention/best-to-end", "report"],
                world.CarriedOut.Skip(before).Select(command => command.Run).OrderBy(run => PlannedRuns.Of(world.Spec).ToList().FindIndex(planned => planned.Name == run)));

            world.Extend("""{ "sft": { "checkpoints": [14] } }""");
            Assert.Null(world.State.BestStep);
            world.Settle();
            Assert.Equal(Phases.Succeeded, world.State.Phase);
            Assert.All(world.Spec.Sft.Checkpoints, step => Assert.Contains(world.Run("sft").Checkpoints, checkpoint => checkpoint.Step == step));
            Assert.All(world.State.Runs, run => Assert.Equal(Phases.Succeeded, run.Phase));
            Assert.Empty(world.Subscribed);
        }
    });

    private static ExperimentSpec SpecOf(Simulation world, ExperimentState state, ExperimentInput input) =>
        world.Specs[(input as ExtendRequested)?.SpecHash ?? state.SpecHash ?? ExperimentSpecReader.Hash(Specs.Small)];

    private static void Check(Action<int[]> holds) => Prop.ForAll(Gen.Choose(0, 9999).ArrayOf().ToArbitrary(), holds).Check(Many);

    private static Simulation Play(IReadOnlyList<int> history)
    {
        var world = new Simulation(Specs.Small) { Accuracy = run => run.Length % 3 };
        world.Start();
        foreach (var choice in history)
        {
            Step(world, choice % 100, choice / 100);
        }

        return world;
    }

    private static readonly string[] Extensions =
    [
        """{ "sft": { "checkpoints": [12] } }""", """{ "sft": { "checkpoints": [2, 12] }, "recovery": { "from": ["2"] } }""", """{ "recovery": { "from": ["4"], "controls": [{ "from": "best", "role": "shuffled-reward" }] } }""",
        """{ "spectra": { "pairs": [{ "from": "base", "to": "end" }] } }""", """{ "interventions": { "run": { "edits": [{ "kind": "restore-directions", "rankShare": 0.5 }] } } }""",
    ];

    /// <summary>Mostly commands and commits; now and then a failure, a refusal, a pause, a resume, another try, an extension, a cancellation.</summary>
    private static void Step(Simulation world, int what, int which)
    {
        switch (what)
        {
            case < 45 when world.Waiting.Count > 0:
                world.CarryOut(which, refuse: what == 0);
                break;
            case < 90 when world.Live.Count > 0:
                world.Commit(world.Live[which % world.Live.Count]);
                break;
            case 90 or 91 when world.Live.Count > 0:
                world.Fail(world.Live[which % world.Live.Count]);
                break;
            case 92 or 93:
                world.Pause();
                break;
            case >= 94 and < 97:
                world.Resume();
                break;
            case 97:
                world.Retry();
                break;
            case 98:
                world.Extend(Extensions[which % Extensions.Length]);
                break;
            case 99 when which < 10:
                world.Cancel();
                break;
        }
    }

    private static void Finish(Simulation world)
    {
        world.Settle();
        world.Resume();
        world.Settle();
    }
}
