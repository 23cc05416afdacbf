using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Experiments;

/// <summary>Chooses the best SFT checkpoint: highest OOD accuracy at the first try, on the choosing split, the earlier one on ties. The reporting split plays no part.</summary>
internal static class BestCheckpoint
{
    private const string Evaluations = "evaluation/sft-";

    public static bool IsCandidate(string run) => run.StartsWith(Evaluations, StringComparison.Ordinal);

    /// <summary>The step, or null until every SFT checkpoint is evaluated.</summary>
    public static int? Choose(IReadOnlyList<RunState> runs, IReadOnlyList<PlannedRun> planned)
    {
        var candidates = planned.Where(run => IsCandidate(run.Name)).Select(run => (Step: run.Place!.Step!.Value, State: runs.First(state => state.Name == run.Name))).ToList();
        return candidates.Count == 0 || candidates.Exists(candidate => candidate.State.Phase != Phases.Succeeded)
            ? null
            : candidates.OrderByDescending(candidate => Accuracy(candidate.State)).ThenBy(candidate => candidate.Step).First().Step;
    }

    /// <summary>What a finished evaluation says, or null where it cannot be read.</summary>
    public static EvaluationSummary? Read(string? summary)
    {
        try
        {
            return summary is null ? null : JobJson.Read<EvaluationSummary>(summary);
        }
        catch (CrescentException)
        {
            return null;
        }
    }

    private static double Accuracy(RunState run) => Read(run.Summary)?.ChoosingOutOfDistribution.FirstTry ?? throw new InvalidOperationException($"{run.Name} succeeded without a readable summary.");
}
