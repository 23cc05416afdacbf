using System.Globalization;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>A world around the plan: runs that carry out their commands in order, and jobs that commit outcomes while somebody subscribes to them. Every step is chosen by the test.</summary>
internal sealed class Simulation
{
    private readonly Dictionary<string, SimulatedJob> jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Subscription> subscriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ExperimentSpec> specs = new(StringComparer.Ordinal);
    private readonly List<RunCommand> commands = [];
    private readonly ExperimentSpec submitted;
    private int clock;
    private long requests;

    public Simulation(ExperimentSpec spec)
    {
        submitted = spec;
        specs[ExperimentSpecReader.Hash(spec)] = spec;
    }

    public ExperimentState State { get; private set; } = new();

    public List<ExperimentInput> Inputs { get; } = [];

    public List<ExperimentEvent> Events { get; } = [];

    /// <summary>Commands carried out so far.</summary>
    public List<RunCommand> CarriedOut { get; } = [];

    /// <summary>OOD accuracy on the choosing split, by the name of the evaluation.</summary>
    public Func<string, double> Accuracy { get; init; } = run => run.Length;

    /// <summary>The specs that were in force, by hash.</summary>
    public IReadOnlyDictionary<string, ExperimentSpec> Specs => specs;

    public ExperimentSpec Spec => State.SpecHash is { } hash ? specs[hash] : submitted;

    /// <summary>Runs that have something to be told: by a job that commits when it can, has committed before, or has failed, which each of its subscribers hears.</summary>
    public IReadOnlyList<string> Live => [.. subscriptions.Where(entry => entry.Value is { Active: true } subscription && (jobs[subscription.Key].Failed || jobs[subscription.Key].HasMore(subscription.Delivered))).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>Runs that hold a job, whether or not it has more to tell.</summary>
    public IReadOnlyList<string> Subscribed => [.. subscriptions.Where(entry => entry.Value.Active).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    public IReadOnlyList<RunCommand> Waiting => commands;

    public RunState Run(string name) => State.Runs.First(run => run.Name == name);

    public ExperimentDecision Tell(ExperimentInput input)
    {
        var decision = ExperimentPlan.Next(input is ExtendRequested extend ? specs[extend.SpecHash] : Spec, State, input);
        Inputs.Add(input);
        State = decision.State;
        Events.AddRange(decision.Events);
        commands.AddRange(decision.Commands);
        return decision;
    }

    public ExperimentDecision Start() => Tell(new StartRequested(Now(), ExperimentPlan.Version));

    public ExperimentDecision Pause() => Tell(new PauseRequested(Now(), ++requests));

    public ExperimentDecision Resume() => Tell(new ResumeRequested(Now(), ++requests));

    public ExperimentDecision Cancel() => Tell(new CancelRequested(Now(), ++requests));

    public ExperimentDecision Retry() => Tell(new RetryRequested(Now(), ++requests));

    public ExperimentDecision Extend(string document)
    {
        var extended = ExperimentExtension.Apply(Spec, JsonNode.Parse(document));
        var hash = ExperimentSpecReader.Hash(extended);
        specs[hash] = extended;
        return Tell(new ExtendRequested(Now(), ++requests, hash));
    }

    /// <summary>Carries out the oldest command of the run that the n-th waiting command is for.</summary>
    public void CarryOut(int n = 0, bool refuse = false)
    {
        var command = commands.First(candidate => candidate.Run == commands[n % commands.Count].Run);
        commands.Remove(command);
        CarriedOut.Add(command);
        if (command.Kind == RunCommandKind.Stop)
        {
            Detach(command.Run);
            Tell(new RunDetached(Now(), command.Run, command.Number));
        }
        else if (Run(command.Run) is var known && (known.Command != command.Number || Phases.IsTerminal(known.Phase)))
        {
            Tell(new RunDetached(Now(), command.Run, command.Number));
        }
        else if (refuse)
        {
            Tell(new RunRefused(Now(), command.Run, command.Number, "artifact-missing", "gone"));
        }
        else
        {
            var start = RunJob.Of(Spec, State, command);
            var key = Subscribe(command, start);
            Tell(new RunSubscribed(Now(), command.Run, command.Number, key, false));
        }
    }

    /// <summary>The job of a run commits its next outcome, or has before; the run is told. So it is of a job that has failed under another run.</summary>
    public ExperimentDecision Commit(string run)
    {
        var subscription = subscriptions[run];
        if (jobs[subscription.Key].Failed)
        {
            return Fail(run);
        }

        var (kind, step, payload) = jobs[subscription.Key].Outcome(subscription.Delivered, Accuracy(run));
        var artifact = new RunReportArtifact("a", kind, $"{run}@{step.ToString(CultureInfo.InvariantCulture)}", 1);
        return Report(run, subscription, new RunReport(run, subscription.Delivered + 1, kind, step, payload, [artifact], subscription.Key, false, Command: subscription.Command));
    }

    public ExperimentDecision Fail(string run)
    {
        var subscription = subscriptions[run];
        jobs[subscription.Key].Failed = true;
        return Report(run, subscription, new RunReport(run, 0, RunReport.Failed, 0, "{}", [], subscription.Key, false, "kernel-failed", "as asked", subscription.Command));
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

    /// <summary>A run that wants no more detaches and forgets what it has heard, as the run's grain does.</summary>
    private ExperimentDecision Report(string run, Subscription subscription, RunReport report)
    {
        var decision = Tell(new RunReported(Now(), run, report));
        if (!ExperimentPlan.Wants(State, run, report) || report.Kind == RunReport.Failed)
        {
            Detach(run);
            subscription.Delivered = 0;
        }
        else
        {
            subscription.Delivered++;
        }

        return decision;
    }

    /// <summary>Equal work is one job. A failed one is tried again by a new subscription, and goes on from what it has committed.</summary>
    private string Subscribe(RunCommand command, RunStart start)
    {
        var key = JobJson.Hash(JobJson.Write(start with { Command = 0, Priority = 0, Checkpoints = null }));
        if (!jobs.TryGetValue(key, out var job))
        {
            jobs.Add(key, job = new SimulatedJob(Spec, start));
        }

        job.Failed = false;
        job.Want(start.Checkpoints ?? []);
        var acknowledged = subscriptions.TryGetValue(command.Run, out var earlier) && earlier.Key == key ? earlier.Delivered : 0;
        subscriptions[command.Run] = new Subscription(key, command.Number) { Active = true, Delivered = acknowledged };
        return key;
    }

    private void Detach(string run)
    {
        if (subscriptions.TryGetValue(run, out var subscription))
        {
            subscription.Active = false;
        }
    }

    private DateTimeOffset Now() => DateTimeOffset.UnixEpoch.AddSeconds(clock++);

    private sealed class Subscription(string key, long command)
    {
        public string Key { get; } = key;

        public long Command { get; } = command;

        public bool Active { get; set; }

        public int Delivered { get; set; }
    }
}
