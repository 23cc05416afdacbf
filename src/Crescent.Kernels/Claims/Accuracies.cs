using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>Accuracies of an evaluation record with their intervals, clustered by multiset.</summary>
public static class Accuracies
{
    /// <param name="tries">Solved within that many tries; at most the record's.</param>
    /// <exception cref="CrescentException"><c>record-empty</c>: no episode of that variant and split.</exception>
    public static AccuracyInterval Of(EvaluationRecord record, EvaluationVariant variant, int tries, DealSplit split = DealSplit.Reporting)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tries, record.Tries);
        var episodes = record.Episodes.Where(episode => episode.Variant == variant && episode.Split == split).ToArray();
        return episodes.Length > 0
            ? AccuracyInterval.Of(new ClusteredSample([.. episodes.Select(episode => EpisodeMatch.SolvedWithin(episode, tries) ? 1.0 : 0)], [.. episodes.Select(episode => episode.Cluster)]))
            : throw new CrescentException("record-empty", $"The evaluation record has no {split} episodes of {variant}. Evaluate the checkpoint again.");
    }
}
