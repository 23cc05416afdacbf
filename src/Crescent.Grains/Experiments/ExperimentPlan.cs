using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Experiments;

/// <summary>
/// Decides what an experiment does next. Pure: the same spec, state and input give the same decision, whoever asks and when. Inputs may come late, twice and in any order; one that says nothing new changes nothing.
/// A failed run stops only the runs that need it. An experiment that has ended has no live job.
/// </summary>
public static class ExperimentPlan
{
    /// <summary>
    /// Version of the decisions, kept by each experiment from its start. A change that decides anything else for a log that exists raises it, and asks <see cref="ExperimentState.Plan"/>, so that older experiments go on by the plan that they began with.
    /// </summary>
    public const int Version = 1;

    private const int LongestSummary = 4096;

    public static ExperimentDecision Next(ExperimentSpec spec, ExperimentState state, ExperimentInput input)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(input);
        var draft = new ExperimentDraft(state, input);
        switch (input)
        {
            case ExperimentRequest { Number: > 0 } request when request.Number <= state.LastRequest:
                break;
            case StartRequested start:
                Start(spec, draft, start.Plan);
                break;
            case PauseRequested:
                Pause(draft);
                break;
            case ResumeRequested:
                Resume(draft);
                break;
            case CancelRequested:
                Cancel(draft);
                break;
            case RetryRequested:
                ExperimentChanges.Retry(draft);
                break;
            case ExtendRequested extend:
                ExperimentChanges.Extend(spec, draft, extend.SpecHash);
                break;
            case CodeChanged:
                Restart(draft);
                break;
            case RunReported reported when draft.Find(reported.Run) is { } run && !Phases.IsTerminal(run.Phase) && !IsStale(run, reported.Report):
                TakeReport(spec, draft, run, reported.Report);
                break;
            case RunSubscribed subscribed when draft.Find(subscribed.Run) is { } run && run.Command == subscribed.Command && run.JobKey != subscribed.JobKey:
                draft.Note("run-queued", run with { JobKey = subscribed.JobKey, Cached = subscribed.Cached, LastOutcome = 0, Completed = false });
                break;
            case RunRefused refused when draft.Find(refused.Run) is { } run && run.Command == refused.Command && !Phases.IsTerminal(run.Phase):
                draft.End(run, Phases.Failed, $"{refused.Code}: {refused.Message}");
                break;
            case RunDetached detached when draft.Find(detached.Run) is { } run && run.Command == detached.Command:
                Detach(draft, run);
                break;
        }

        if (draft.Changes)
        {
            Continue(spec, draft);
        }
        else if (input is ExperimentRequest { Number: > 0 } request && request.Number > state.LastRequest)
        {
            draft.NoteRequest();
        }

        return draft.Decision();
    }

    private static void Start(ExperimentSpec spec, ExperimentDraft draft, int plan)
    {
        if (draft.Phase == Phases.Pending)
        {
            draft.DecideBy(plan);
            draft.Plan(PlannedRuns.Of(spec));
            draft.Enter(Phases.Running, "experiment-started");
        }
    }

    private static void Pause(ExperimentDraft draft)
    {
        if (draft.Phase == Phases.Running)
        {
            draft.Enter(Phases.Pausing, "experiment-pausing");
            foreach (var run in draft.In(Phases.Running))
            {
                draft.Command(run, RunCommandKind.Stop, Phases.Pausing);
            }
        }
    }

    private static void Resume(ExperimentDraft draft)
    {
        if (draft.Phase is Phases.Pausing or Phases.Paused)
        {
            draft.Enter(Phases.Running, "experiment-resumed");
            foreach (var run in draft.In(Phases.Pausing, Phases.Paused))
            {
                draft.Command(run, RunCommandKind.Start, Phases.Running);
            }
        }
    }

    private static void Cancel(ExperimentDraft draft)
    {
        if (draft.Phase != Phases.Cancelling && !Phases.IsTerminal(draft.Phase))
        {
            draft.Enter(Phases.Cancelling, "experiment-cancelling");
            foreach (var run in draft.In(Phases.Pending, Phases.Paused))
            {
                draft.End(run, Phases.Cancelled);
            }

            foreach (var run in draft.In(Phases.Running, Phases.Pausing))
            {
                draft.Command(run, RunCommandKind.Stop, Phases.Cancelling);
            }
        }
    }

    /// <summary>Workers take jobs made for their own code only, so runs on their way need jobs made for it. Checkpoints that are known stay as they are.</summary>
    private static void Restart(ExperimentDraft draft)
    {
        foreach (var run in draft.In(Phases.Running))
        {
            draft.Command(run, RunCommandKind.Start, Phases.Running);
        }
    }

    private static void Detach(ExperimentDraft draft, RunState run)
    {
        if (run.Phase == Phases.Pausing)
        {
            draft.Note("run-paused", run with { Phase = Phases.Paused });
        }
        else if (run.Phase == Phases.Cancelling)
        {
            draft.End(run, Phases.Cancelled);
        }
    }

    /// <summary>True while a run wants to hear more of the job that the report is about: it has not ended, and has not been set back since.</summary>
    public static bool Wants(ExperimentState state, string run, RunReport report)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(report);
        return state.Runs.FirstOrDefault(candidate => candidate.Name == run) is { } known && !Phases.IsTerminal(known.Phase) && !IsStale(known, report);
    }

    /// <summary>True for what came late, from before the run was set back. The run detaches without acknowledging it, so that it hears it again once it is started again.</summary>
    private static bool IsStale(RunState run, RunReport report) => report.Command <= run.SetBackAt;

    private static void TakeReport(ExperimentSpec spec, ExperimentDraft draft, RunState run, RunReport report)
    {
        if (report.Kind == RunReport.Failed)
        {
            draft.End(run with { JobKey = report.JobKey }, Phases.Failed, $"{report.ErrorCode}: {report.Error}");
            return;
        }

        // A job made anew, for other code, counts its outcomes from 1 again.
        if (report.Sequence <= (report.JobKey == run.JobKey ? run.LastOutcome : 0))
        {
            return;
        }

        var known = run with
        {
            JobKey = report.JobKey,
            Cached = report.Cached,
            LastOutcome = report.Sequence,
            Completed = report.Kind == OutcomeKinds.Completed || (run.Completed && report.JobKey == run.JobKey),
            Summary = report.Payload.Length <= LongestSummary ? report.Payload : null,
        };
        if (known.Completed && report.Kind == OutcomeKinds.Checkpoint)
        {
            // Made after the end: what the job has said there stands.
            known = known with { Summary = run.Summary };
        }

        if (report.Kind == OutcomeKinds.Checkpoint && report.Artifacts is [{ } checkpoint, ..])
        {
            var seen = run.Checkpoints.Any(earlier => earlier.Step == report.Step);
            known = seen ? known : known with { Checkpoints = [.. run.Checkpoints, new CheckpointState(report.Step, checkpoint.Sha256)] };
            draft.Note("checkpoint", known);
            if (known.Completed && PlannedRuns.HasCheckpoints(spec, known))
            {
                draft.End(known, Phases.Succeeded);
            }
        }
        else if (report.Kind == OutcomeKinds.Completed && BestCheckpoint.IsCandidate(run.Name) && BestCheckpoint.Read(known.Summary) is null)
        {
            draft.End(known, Phases.Failed, "summary-invalid: the evaluation ended without accuracies that can be read.");
        }
        else if (report.Kind == OutcomeKinds.Completed && PlannedRuns.HasCheckpoints(spec, known))
        {
            draft.End(known with { Record = report.Artifacts.FirstOrDefault()?.Sha256 }, Phases.Succeeded);
        }
        else
        {
            draft.Note("outcome", known);
        }
    }

    /// <summary>Draws the consequences: starts what is ready, skips what can never be, and ends what is done.</summary>
    private static void Continue(ExperimentSpec spec, ExperimentDraft draft)
    {
        if (draft.Phase == Phases.Running)
        {
            Advance(spec, draft);
        }

        if (draft.Runs.All(run => Phases.IsTerminal(run.Phase)))
        {
            Finish(draft);
        }
        else if (draft.Phase == Phases.Pausing && draft.In(Phases.Pausing).Count == 0)
        {
            draft.Enter(Phases.Paused, "experiment-paused");
        }
    }

    private static void Advance(ExperimentSpec spec, ExperimentDraft draft)
    {
        var planned = PlannedRuns.Of(spec);
        if (draft.BestStep is null && BestCheckpoint.Choose(draft.Runs, planned) is { } best)
        {
            draft.Choose(best);
        }

        // In the plan's order, which is the order of dependencies, so that one pass reaches everything.
        foreach (var run in planned)
        {
            if (draft.Find(run.Name) is { Phase: Phases.Pending } waiting)
            {
                switch (RunReadiness.Of(run, draft.Runs, draft.BestStep))
                {
                    case { Obstacle: { } obstacle }:
                        draft.End(waiting, Phases.Skipped, obstacle);
                        break;
                    case { Ready: true }:
                        draft.Command(waiting, RunCommandKind.Start, Phases.Running);
                        break;
                }
            }
        }
    }

    private static void Finish(ExperimentDraft draft)
    {
        if (Phases.IsTerminal(draft.Phase))
        {
            return;
        }

        if (draft.Phase == Phases.Cancelling)
        {
            draft.Enter(Phases.Cancelled, "experiment-cancelled");
        }
        else if ((draft.Runs.FirstOrDefault(run => run.Phase == Phases.Failed) ?? draft.Runs.FirstOrDefault(run => run.Phase == Phases.Skipped)) is { } cause)
        {
            draft.Enter(Phases.Failed, "experiment-failed", $"{cause.Name}: {cause.Error}");
        }
        else
        {
            draft.Enter(Phases.Succeeded, "experiment-succeeded");
        }
    }
}
