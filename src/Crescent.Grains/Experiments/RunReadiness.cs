using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Experiments;

/// <summary>Whether a pending run can start.</summary>
/// <param name="Ready">Everything that it needs is there.</param>
/// <param name="Obstacle">Why it can never start; null while it still may.</param>
internal sealed record RunReadiness(bool Ready, string? Obstacle)
{
    private static readonly RunReadiness Wait = new(false, null);

    public static RunReadiness Of(PlannedRun planned, IReadOnlyList<RunState> runs, int? bestStep)
    {
        if (planned.Kind == JobKinds.Report)
        {
            return !runs.All(run => run.Name == planned.Name || Phases.IsTerminal(run.Phase)) ? Wait
                : bestStep is null ? new RunReadiness(false, NoBest(runs))
                : new RunReadiness(true, null);
        }

        var ready = true;
        foreach (var input in planned.Inputs)
        {
            if (Checkpoint(input.Source, runs, bestStep) is null)
            {
                if (Dead(input.Source, runs, bestStep) is { } obstacle)
                {
                    return new RunReadiness(false, obstacle);
                }

                ready = false;
            }
        }

        return new RunReadiness(ready, null);
    }

    /// <summary>Hash of a checkpoint, or null while there is none.</summary>
    public static string? Checkpoint(CheckpointSource source, IReadOnlyList<RunState> runs, int? bestStep)
    {
        if (source.Sha256 is { } known)
        {
            return known;
        }

        var checkpoints = runs.First(run => run.Name == source.Run).Checkpoints;
        var step = source.Best ? bestStep : source.Step;
        return step is not null ? checkpoints.FirstOrDefault(checkpoint => checkpoint.Step == step)?.Sha256
            : !source.Best && checkpoints is [.., var last] ? last.Sha256
            : null;
    }

    /// <summary>Why a checkpoint that is not there will never be; null while it still may.</summary>
    private static string? Dead(CheckpointSource source, IReadOnlyList<RunState> runs, int? bestStep)
    {
        var producer = runs.First(run => run.Name == source.Run);
        if (source.Best && bestStep is null)
        {
            return NoBest(runs);
        }

        return Phases.IsTerminal(producer.Phase) ? $"{producer.Name} ended without the checkpoint that this run starts from ({producer.Phase})." : null;
    }

    /// <summary>Why no best checkpoint can be chosen any more; null while one still may.</summary>
    private static string? NoBest(IReadOnlyList<RunState> runs) =>
        runs.FirstOrDefault(run => BestCheckpoint.IsCandidate(run.Name) && Phases.IsTerminal(run.Phase) && run.Phase != Phases.Succeeded) is { } missing
            ? $"The best checkpoint is not known: {missing.Name} {(missing.Phase == Phases.Skipped ? "was skipped" : missing.Phase)}."
            : null;
}
