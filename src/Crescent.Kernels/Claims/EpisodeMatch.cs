using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>The reporting episodes of one variant that several records share, so that models are compared deal by deal.</summary>
public sealed class EpisodeMatch
{
    private readonly EvaluationEpisode[][] episodes;

    public EpisodeMatch(EvaluationVariant variant, params IReadOnlyList<EvaluationRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var keyed = records.Select(record => Keyed(record, variant)).ToArray();
        var common = keyed[0].Keys.Where(key => keyed.All(other => other.ContainsKey(key))).Order(StringComparer.Ordinal).ToArray();
        episodes = [.. keyed.Select(record => common.Select(key => record[key]).ToArray())];
        LargestRecord = keyed.Max(record => record.Count);
        Variant = variant;
        Tries = records.Min(record => record.Tries);
    }

    public EvaluationVariant Variant { get; }

    /// <summary>Episodes in common.</summary>
    public int Count => episodes[0].Length;

    /// <summary>Episodes of the largest record, shared or not.</summary>
    public int LargestRecord { get; }

    /// <summary>The fewest tries that any of the records allowed.</summary>
    public int Tries { get; }

    /// <summary>Sum over the records of weight x (1 where solved within <paramref name="tries"/>), per episode, clustered by multiset.</summary>
    public ClusteredSample Contrast(int tries, params ReadOnlySpan<double> weights)
    {
        var values = new double[Count];
        for (var record = 0; record < episodes.Length; record++)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] += SolvedWithin(episodes[record][i], tries) ? weights[record] : 0;
            }
        }

        return new ClusteredSample(values, [.. episodes[0].Select(episode => episode.Cluster)]);
    }

    /// <summary>True where every record solves every shared episode, false where none solves any; null otherwise, and where nothing is shared.</summary>
    public bool? Saturated(int tries)
    {
        var (any, all) = (false, true);
        foreach (var episode in episodes.SelectMany(record => record))
        {
            var solved = SolvedWithin(episode, tries);
            (any, all) = (any || solved, all && solved);
        }

        return Count > 0 && any == all ? all : null;
    }

    public static bool SolvedWithin(EvaluationEpisode episode, int tries)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return episode.SolvedAt > 0 && episode.SolvedAt <= tries;
    }

    private static Dictionary<string, EvaluationEpisode> Keyed(EvaluationRecord record, EvaluationVariant variant)
    {
        var keyed = new Dictionary<string, EvaluationEpisode>(StringComparer.Ordinal);
        foreach (var episode in record.Episodes)
        {
            if (episode.Variant == variant && episode.Split == DealSplit.Reporting)
            {
                keyed.TryAdd(string.Join(' ', episode.Cards), episode);
            }
        }

        return keyed;
    }
}
