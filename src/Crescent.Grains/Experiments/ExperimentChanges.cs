using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Experiments;

/// <summary>What the plan makes of requests that set runs back: another try, or more to do. The consequences are drawn as always: what is ready starts, and equal work comes from the work cache.</summary>
internal static class ExperimentChanges
{
    /// <summary>Tries the failed runs again, and those skipped because of them. A report made without them is made again.</summary>
    public static void Retry(ExperimentDraft draft)
    {
        if (draft.Phase is not (Phases.Running or Phases.Pausing or Phases.Paused or Phases.Failed))
        {
            draft.Refuse($"The experiment is {draft.Phase}: there is nothing to try again. Fork it from a checkpoint, or submit it anew.");
            return;
        }

        var again = draft.In(Phases.Failed, Phases.Skipped);
        if (again.Count == 0)
        {
            draft.Refuse("No run has failed. Look at the runs with `crescent experiment show`.");
            return;
        }

        if (draft.Phase == Phases.Failed)
        {
            draft.Enter(Phases.Running, "experiment-retried");
        }

        foreach (var run in again)
        {
            draft.TryAgain(run);
        }

        if (draft.Find(PlannedRuns.Report) is { Phase: Phases.Succeeded } report)
        {
            draft.DoAgain(report);
        }
    }

    /// <summary>
    /// Plans what the extended spec calls for beyond what is there. Where it has new checkpoints, the best is chosen anew among all of them, and what starts from the best waits for that;
    /// the interventions, whose edits are one job, and the report are made again.
    /// </summary>
    public static void Extend(ExperimentSpec spec, ExperimentDraft draft, string specHash)
    {
        if (draft.Phase is not (Phases.Succeeded or Phases.Failed))
        {
            draft.Refuse($"The experiment is {draft.Phase}; only a finished one, succeeded or failed, can be extended.{(draft.Phase == Phases.Cancelled ? " Fork it from a checkpoint instead." : " Wait for its end.")}");
            return;
        }

        var planned = PlannedRuns.Of(spec);
        var newCheckpoints = planned.Any(run => BestCheckpoint.IsCandidate(run.Name) && draft.Find(run.Name) is null);
        var open = Open(planned, newCheckpoints);
        draft.Adopt(specHash, newCheckpoints);
        draft.Plan(planned);
        draft.Enter(Phases.Running, "experiment-extended");
        foreach (var run in draft.In(Phases.Succeeded))
        {
            if (open.Contains(run.Name))
            {
                draft.DoAgain(run);
            }
            else if (!PlannedRuns.HasCheckpoints(spec, run))
            {
                draft.TryAgain(run);
            }
        }
    }

    /// <summary>Runs whose job the extension may change.</summary>
    private static HashSet<string> Open(IReadOnlyList<PlannedRun> planned, bool newCheckpoints)
    {
        var open = planned.Where(run => run.Kind is JobKinds.Report or JobKinds.Intervention).Select(run => run.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var run in planned.Where(run => newCheckpoints && run.Inputs.Any(input => input.Source.Best || open.Contains(input.Source.Run))))
        {
            open.Add(run.Name);
        }

        return open;
    }
}
