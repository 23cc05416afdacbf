using System.Globalization;
using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Sft;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>A world around the plan: runs that carry out their commands in order, and jobs that commit outcomes while somebody subscribes to them. Every step is chosen by the test.</summary>
internal sealed class Simulation(ExperimentSpec spec)
{
    private readonly Dictionary<string, Job> jobs = new(StringComparer.Ordinal);
    private readonly List<RunCommand> commands = [];
    private int clock;

    public ExperimentState State { get; private set; } = new();

    public List<ExperimentInput> Inputs { get; } = [];

    public List<ExperimentEvent> Events { get; } = [];

    /// <summary>OOD accuracy on the choosing split, by the name of the evaluation.</summary>
    public Func<string, double> Accuracy { get; init; } = run => run.Length;

    /// <summary>Runs whose job commits when it can.</summary>
    public IReadOnlyList<string> Live => [.. jobs.Where(job => job.Value.Subscribed && !job.Value.Done).Select(job => job.Key).Order(StringComparer.Ordinal)];

    public IReadOnlyList<RunCommand> Waiting => commands;

    public RunState Run(string name) => State.Runs.First(run => run.Name == name);

    public ExperimentDecision Tell(ExperimentInput input)
    {
        var decision = ExperimentPlan.Next(spec, State, input);
        Inputs.Add(input);
        State = decision.State;
        Events.AddRange(decision.Events);
        commands.AddRange(decision.Commands);
        return decision;
    }

    public ExperimentDecision Start() => Tell(new StartRequested(Now()));

    public ExperimentDecision Pause() => Tell(new PauseRequested(Now()));

    public ExperimentDecision Resume() => Tell(new ResumeRequested(Now()));

    public ExperimentDecision Cancel() => Tell(new CancelRequested(Now()));

    /// <summary>Carries out the oldest command of the run that the n-th waiting command is for.</summary>
    public void CarryOut(int n = 0, bool refuse = false)
    {
        var command = commands.First(candidate => candidate.Run == commands[n % commands.Count].Run);
        commands.Remove(command);
        if (command.Kind == RunCommandKind.Stop)
        {
            if (jobs.TryGetValue(command.Run, out var stopped))
            {
                stopped.Subscribed = false;
            }

            Tell(new RunDetached(Now(), command.Run, command.Number));
        }
        else if (refuse)
        {
            Tell(new RunRefused(Now(), command.Run, command.Number, "artifact-missing", "gone"));
        }
        else
        {
            var start = RunJob.Of(spec, State, command);
            if (!jobs.TryGetValue(command.Run, out var job))
            {
                jobs.Add(command.Run, job = new Job(start));
            }

            Assert.Equal(JobJson.Write(job.Start with { Command = start.Command }), JobJson.Write(start));
            job.Subscribed = true;
            Tell(new RunSubscribed(Now(), command.Run, command.Number, Key(command.Run), false));
        }
    }

    /// <summary>The job of a run commits its next outcome.</summary>
    public ExperimentDecision Commit(string run)
    {
        var job = jobs[run];
        var outcomes = Outcomes(run, job.Start);
        var (kind, step, payload) = outcomes[job.Committed];
        job.Committed++;
        job.Done = job.Committed == outcomes.Count;
        var artifact = new RunReportArtifact("a", kind, $"{run}@{step.ToString(CultureInfo.InvariantCulture)}", 1);
        return Tell(new RunReported(Now(), run, new RunReport(run, job.Committed, kind, step, payload, [artifact], Key(run), false)));
    }

    public ExperimentDecision Fail(string run)
    {
        jobs[run].Done = true;
        return Tell(new RunReported(Now(), run, new RunReport(run, 0, RunReport.Failed, 0, "{}", [], Key(run), false, "kernel-failed", "as asked")));
    }

    /// <summary>Everything that can happen happens, in the order of the plan, until nothing is left.</summary>
    public void Settle(Func<string, bool>? fails = null)
    {
        while (commands.Count > 0 || Live.Count > 0)
        {
            while (commands.Count > 0)
            {
                CarryOut();
            }

            if (Live.Count > 0)
            {
                var run = State.Runs.Select(known => known.Name).First(Live.Contains);
                if (fails?.Invoke(run) == true)
                {
                    Fail(run);
                }
                else
                {
                    Commit(run);
                }
            }
        }
    }

    private DateTimeOffset Now() => DateTimeOffset.UnixEpoch.AddSeconds(clock++);

    private static string Key(string run) => $"key of {run}";

    private List<(string Kind, int Step, string Payload)> Outcomes(string run, RunStart start) => start.Kind switch
    {
        JobKinds.BaseTraining => [("checkpoint", spec.Base.Steps, "{}"), ("completed", 0, "{}")],
        JobKinds.Sft => [.. JobJson.Read<SftSpec>(start.Spec).Checkpoints.Select(step => ("checkpoint", step, "{}")), ("completed", 0, "{}")],
        JobKinds.Recovery => [("checkpoint", spec.Recovery.Run.Updates, "{}"), ("completed", 0, "{}")],
        JobKinds.Evaluation => [("completed", 0, Summary(Accuracy(run)))],
        _ => [("completed", 0, "{}")],
    };

    private static string Summary(double accuracy)
    {
        var (other, chosen) = (new SplitAccuracy(0.5, 0.5, 10, 5), new SplitAccuracy(accuracy, 0.9, 10, 5));
        return JobJson.Write(new EvaluationSummary(other, chosen, other, other));
    }

    private sealed class Job(RunStart start)
    {
        public RunStart Start { get; } = start;

        public bool Subscribed { get; set; }

        public int Committed { get; set; }

        public bool Done { get; set; }
    }
}
