using Crescent.Server.Experiments;

namespace Crescent.Chaos;

/// <summary>Sees when a target's moment has come.</summary>
internal static class KillMoment
{
    /// <summary>True once a run of the kind is as far as the target says; also when all of them are over, so that a moment that was too short to be seen still gives a kill.</summary>
    public static bool HasCome(KillTarget target, ExperimentView view)
    {
        var runs = view.Runs.Where(run => run.Kind == target.Kind).ToList();
        return runs.Any(run => IsAt(target.Phase, run)) || (runs.Count > 0 && runs.All(run => run.Phase == "succeeded"));
    }

    private static bool IsAt(KillPhase phase, RunView run) => phase switch
    {
        KillPhase.Committed => run.Summary is not null,
        KillPhase.Starting => IsComputing(run),
        KillPhase.Early => IsBeyond(run, 0.2),
        KillPhase.Middle => IsBeyond(run, 0.5),
        _ => IsBeyond(run, 0.8),
    };

    private static bool IsBeyond(RunView run, double share) => IsComputing(run) && run.Progress is { Total: > 0 } progress && progress.Done >= share * progress.Total;

    private static bool IsComputing(RunView run) => run is { Phase: "running", Progress.State: "running" };
}
