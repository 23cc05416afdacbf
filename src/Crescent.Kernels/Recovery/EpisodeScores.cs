using Crescent.Kernels.Engines;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>What the policy that acted says of an episode's answers: one entry a token, tries end to end.</summary>
/// <param name="Reference">The reference's log-probabilities; empty without one.</param>
/// <param name="Value">Values of the states before the tokens; empty without a critic.</param>
internal sealed record EpisodeScores(float[] LogProbability, float[] Reference, float[] Value)
{
    /// <summary>Scores episodes, so many rows at a time.</summary>
    public static IReadOnlyList<EpisodeScores> Of(IEngine engine, IEngine? reference, IReadOnlyList<Episode> episodes, float temperature, int rows)
    {
        var scores = new List<EpisodeScores>(episodes.Count);
        foreach (var chunk in episodes.Chunk(rows))
        {
            var statistics = engine.Score(EpisodeRows.Batch(chunk), temperature, reference);
            var start = 0;
            foreach (var episode in chunk)
            {
                var end = start + episode.Tries.Sum(attempt => attempt.Answer.Tokens.Length);
                float[] Part(float[] values) => values.Length == 0 ? [] : values[start..end];
                scores.Add(new EpisodeScores(Part(statistics.LogProbability), Part(statistics.ReferenceLogProbability), Part(statistics.Value)));
                start = end;
            }
        }

        return scores;
    }
}

/// <summary>Lays episodes out as rows whose answers are supervised.</summary>
internal static class EpisodeRows
{
    public static TokenBatch Batch(IReadOnlyList<Episode> episodes)
    {
        var tokens = new List<int>();
        var offsets = new List<int> { 0 };
        var targets = new List<int>();
        foreach (var episode in episodes)
        {
            targets.AddRange(episode.Tries.SelectMany(attempt => Enumerable.Range(tokens.Count + attempt.Start, attempt.Answer.Tokens.Length)));
            tokens.AddRange(episode.History);
            offsets.Add(tokens.Count);
        }

        return new TokenBatch([.. tokens], [.. offsets], [.. targets]);
    }

    /// <summary>Tokens of each try.</summary>
    public static IEnumerable<int> Lengths(this Episode episode) => episode.Tries.Select(attempt => attempt.Answer.Tokens.Length);
}
