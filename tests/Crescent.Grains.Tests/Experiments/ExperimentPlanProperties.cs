using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>What holds for any order of outcomes, failures, pauses and cancellations. A history is a list of numbers, each of which picks what happens next among what can happen.</summary>
public sealed class ExperimentPlanProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(150).WithStartSize(1).WithEndSize(200);

    [Fact]
    public void Next_AnyHistory_EndsTerminalWithoutALiveJob() => Check(history =>
    {
        var world = Play(history);
        Finish(world);

        Assert.True(Phases.IsTerminal(world.State.Phase), world.State.Phase);
        Assert.All(world.State.Runs, run => Assert.True(Phases.IsTerminal(run.Phase), $"{run.Name} {run.Phase}"));
        Assert.Empty(world.Live);
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

            Assert.Empty(world.Live);
        }
    });

    [Fact]
    public void Next_AnyInputTwice_ChangesNothing() => Check(history =>
    {
        var world = Play(history);
        foreach (var input in world.Inputs.Where(input => input is not (PauseRequested or ResumeRequested)).ToList())
        {
            Assert.False(ExperimentPlan.Next(Specs.Small, world.State, input).Changes, $"{input} changed {world.State.Phase}");
        }
    });

    [Fact]
    public void Next_TheSameInputAtOnceAgain_ChangesNothing() => Check(history =>
    {
        var world = Play(history);
        var state = new ExperimentState();
        foreach (var input in world.Inputs)
        {
            state = ExperimentPlan.Next(Specs.Small, state, input).State;
            var again = ExperimentPlan.Next(Specs.Small, state, input);
            Assert.False(again.Changes);
            Assert.Equal(JobJson.Write(state), JobJson.Write(again.State));
        }
    });

    [Fact]
    public void Next_LogReplayed_GivesTheSameStateAndTheSameEvents() => Check(history =>
    {
        var world = Play(history);
        Finish(world);

        var state = new ExperimentState();
        var log = new List<string>();
        foreach (var cause in world.Events.Select(happened => JsonNode.Parse(happened.Payload)!["cause"]).OfType<JsonNode>())
        {
            var decision = ExperimentPlan.Next(Specs.Small, state, cause.Deserialize<ExperimentInput>(JobJson.Options)!);
            state = decision.State;
            log.AddRange(decision.Events.Select(JobJson.Write));
        }

        Assert.Equal(JobJson.Write(world.State), JobJson.Write(state));
        Assert.Equal(world.Events.Select(JobJson.Write), log);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(n => (long)n), world.Events.Select(happened => happened.Sequence));
    });

    [Fact]
    public void Next_StateStoredAndReadBetweenInputs_DecidesTheSame() => Check(history =>
    {
        var world = Play(history);
        var state = new ExperimentState();
        foreach (var input in world.Inputs)
        {
            state = JobJson.Read<ExperimentState>(JobJson.Write(ExperimentPlan.Next(Specs.Small, state, input).State));
        }

        Assert.Equal(JobJson.Write(world.State), JobJson.Write(state));
    });

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

    /// <summary>Mostly commands and commits; now and then a failure, a refusal, a pause, a resume, a cancellation.</summary>
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
            case >= 94 and < 99:
                world.Resume();
                break;
            case 99 when which < 25:
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
