using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Experiments;

/// <summary>A decision in the making. Every change goes with an event; the first event carries the input, so that the log can be replayed.</summary>
internal sealed class ExperimentDraft(ExperimentState before, ExperimentInput input)
{
    private readonly List<ExperimentEvent> events = [];
    private readonly List<RunCommand> commands = [];
    private ExperimentState state = before;
    private string? refusal;

    public bool Changes => events.Count > 0;

    public string Phase => state.Phase;

    public int? BestStep => state.BestStep;

    public IReadOnlyList<RunState> Runs => state.Runs;

    public ExperimentDecision Decision() => new(state, events, commands) { Refusal = refusal };

    /// <summary>Declines a request; nothing changes.</summary>
    public void Refuse(string reason) => refusal = reason;

    /// <summary>Logs a request that changed nothing: refused, or met before it came. It is not taken in again.</summary>
    public void NoteRequest() => Emit("request-noted", new JsonObject { ["refusal"] = refusal });

    public RunState? Find(string run) => state.Runs.FirstOrDefault(candidate => candidate.Name == run);

    /// <summary>The runs that are in one of these phases now; a copy, so that they may be changed on the way.</summary>
    public IReadOnlyList<RunState> In(params IReadOnlyList<string> phases) => [.. state.Runs.Where(run => phases.Contains(run.Phase))];

    /// <summary>Lists the planned runs: those that are there as they stand, the others as new. Their order may be another, so that every row is written again.</summary>
    public void Plan(IReadOnlyList<PlannedRun> runs) => state = state with
    {
        Runs = [.. runs.Select(run => (Find(run.Name) ?? new RunState { Name = run.Name }) with { LastEvent = state.LastEvent + 1 })],
    };

    /// <summary>Notes which plan decides.</summary>
    public void DecideBy(int plan) => state = state with { Plan = plan };

    /// <summary>Goes over to an extended spec. Which checkpoint is the best is open again where there are new ones.</summary>
    public void Adopt(string specHash, bool newCheckpoints) => state = state with { SpecHash = specHash, BestStep = newCheckpoints ? null : state.BestStep };

    /// <summary>Moves the experiment to a phase.</summary>
    public void Enter(string phase, string type, string? error = null)
    {
        state = state with
        {
            Phase = phase,
            StartedAt = state.StartedAt ?? (phase == Phases.Running ? input.At : null),
            FinishedAt = Phases.IsTerminal(phase) ? input.At : null,
            Error = error,
        };
        Emit(type, new JsonObject { ["phase"] = phase, ["error"] = error });
    }

    public void Choose(int bestStep)
    {
        state = state with { BestStep = bestStep };
        Emit("best-chosen", new JsonObject { ["step"] = bestStep });
    }

    /// <summary>Takes over what is now known of a run.</summary>
    public void Note(string type, RunState run)
    {
        Emit(type, Describe(run));
        Replace(run);
    }

    /// <summary>Gives a run a command.</summary>
    public void Command(RunState run, RunCommandKind kind, string phase)
    {
        var number = state.LastCommand + 1;
        state = state with { LastCommand = number };
        commands.Add(new RunCommand(number, run.Name, kind));
        Note(
            (kind, run.Phase) switch
            {
                (RunCommandKind.Stop, _) => $"run-{phase}",
                (_, Phases.Pending) => "run-started",
                (_, Phases.Running) => "run-restarted",
                _ => "run-resumed",
            },
            run with { Phase = phase, Command = number, StartedAt = run.StartedAt ?? input.At });
    }

    public void End(RunState run, string phase, string? error = null) => Note($"run-{phase}", run with { Phase = phase, Error = error, FinishedAt = input.At });

    /// <summary>Sets a run back to go on with its job: what it has made stays.</summary>
    public void TryAgain(RunState run) => Note("run-set-back", run with { Phase = Phases.Pending, Command = 0, SetBackAt = state.LastCommand, Error = null, StartedAt = null, FinishedAt = null });

    /// <summary>Sets a run back to nothing: its job may be another now. Where it is the same, the work cache has its outcomes.</summary>
    public void DoAgain(RunState run) => Note("run-set-back", new RunState { Name = run.Name, SetBackAt = state.LastCommand });

    private void Replace(RunState run) => state = state with { Runs = [.. state.Runs.Select(old => old.Name == run.Name ? run with { LastEvent = state.LastEvent } : old)] };

    private void Emit(string type, JsonObject payload)
    {
        if (!Changes)
        {
            payload["cause"] = JsonSerializer.SerializeToNode(input, JobJson.Options);
        }

        state = state with { LastEvent = state.LastEvent + 1, LastRequest = input is ExperimentRequest { Number: > 0 } request ? request.Number : state.LastRequest };
        events.Add(new ExperimentEvent(state.LastEvent, type, input.At, payload.ToJsonString(JobJson.Options)));
    }

    private static JsonObject Describe(RunState run)
    {
        var payload = new JsonObject { ["run"] = run.Name, ["phase"] = run.Phase };
        if (run.JobKey is not null)
        {
            payload["jobKey"] = run.JobKey;
            payload["cached"] = run.Cached;
        }

        if (run.Checkpoints is [.., var last])
        {
            payload["step"] = last.Step;
            payload["sha256"] = last.Sha256;
        }

        if (run.Error is not null)
        {
            payload["error"] = run.Error;
        }

        return payload;
    }
}
