using Crescent.Kernels.Objectives;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>An episode as the policy learns from it; arrays have one entry a token of its answers, tries end to end.</summary>
/// <param name="Advantages">See <see cref="PolicySignals"/>, also for the others.</param>
internal sealed record LearningRow(Episode Episode, EpisodeScores? Scores, float[] Advantages, float[] Returns)
{
    /// <summary>Rows of group-relative algorithms: one advantage a try.</summary>
    public static LearningRow[] Compared(RecoverySpec spec, RecoveryAlgorithm algorithm, IReadOnlyList<Episode> episodes, IReadOnlyList<EpisodeScores>? scores, double[][] rewards)
    {
        IReadOnlyList<double[]> returns = [.. rewards.Select(episode => Recovery.Advantages.Returns(episode, spec.Discount))];
        var advantages = Recovery.Advantages.OfTries(returns, spec.GroupSize, values => algorithm.Compare(values, spec.AdvantageEpsilon));
        return [.. episodes.Select((episode, i) => new LearningRow(episode, scores?[i], [.. episode.Lengths().SelectMany((length, number) => Enumerable.Repeat((float)advantages[i][number], length))], []))];
    }

    /// <summary>Rows of <c>ppo</c>: advantages and returns by the critic, over tokens or over whole answers.</summary>
    public static LearningRow[] Estimated(RecoverySpec spec, IReadOnlyList<Episode> episodes, IReadOnlyList<EpisodeScores> scores, double[][] rewards)
    {
        var turns = spec.Ppo.Action == PolicyAction.Turn;
        var estimates = episodes.Select((episode, i) => turns ? OverTurns(spec, episode, scores[i], rewards[i]) : OverTokens(spec, episode, scores[i], rewards[i])).ToList();
        var advantages = estimates.SelectMany(estimate => estimate.Advantages).ToList();
        var whitened = new Queue<double>(spec.Ppo.Whiten ? Recovery.Advantages.Whiten(advantages) : advantages);
        return [.. episodes.Zip(scores, estimates).Select(row =>
        {
            int[] lengths = turns ? [.. row.First.Lengths()] : [.. Enumerable.Repeat(1, row.Third.Advantages.Length)];
            float[] own = [.. lengths.SelectMany(length => Enumerable.Repeat((float)whitened.Dequeue(), length))];

            // The value of a turn is that of its first state, the last token of what was asked.
            float[] returns = [.. lengths.SelectMany((length, action) => Enumerable.Range(0, length).Select(i => i == 0 ? (float)row.Third.Returns[action] : float.NaN))];
            return new LearningRow(row.First, row.Second, own, returns);
        })];
    }

    /// <summary>Weights of the tokens in the log-ratio of their try.</summary>
    public IEnumerable<float> Weights(RecoverySpec spec, RecoveryAlgorithm algorithm, TaskFormat format) => Episode.Tries.SelectMany(attempt =>
    {
        var tokens = attempt.Answer.Tokens;
        if (algorithm.OneRatioASequence)
        {
            return Enumerable.Repeat(1f / tokens.Length, tokens.Length);
        }

        var prefix = format.Separator is { } separator ? Array.IndexOf(tokens, separator) + 1 : 0;
        return Enumerable.Range(0, tokens.Length).Select(i => i < prefix ? (float)spec.Ppo.PrefixWeight : 1);
    });

    private static (double[] Advantages, double[] Returns) OverTurns(RecoverySpec spec, Episode episode, EpisodeScores scores, double[] rewards)
    {
        var (values, start) = (new List<double>(), 0);
        foreach (var length in episode.Lengths())
        {
            values.Add(scores.Value[start]);
            start += length;
        }

        return GeneralisedAdvantages.Of(rewards, values, [.. Enumerable.Repeat(spec.Discount, values.Count)], spec.Ppo.GaeLambda);
    }

    private static (double[] Advantages, double[] Returns) OverTokens(RecoverySpec spec, Episode episode, EpisodeScores scores, double[] rewards)
    {
        var (each, discounts) = (new List<double>(), new List<double>());
        foreach (var (length, number) in episode.Lengths().Select((length, number) => (length, number)))
        {
            each.AddRange(Enumerable.Repeat(0.0, length - 1).Append(rewards[number]));
            discounts.AddRange(Enumerable.Repeat(spec.Ppo.TokenDiscount, length - 1).Append(spec.Discount));
        }

        for (var i = 0; spec.Kl.Place == KlPlace.Reward && i < each.Count; i++)
        {
            each[i] -= spec.Kl.Beta * spec.Kl.Estimator.At(scores.LogProbability[i], scores.Reference[i], spec.Kl.Clamp).Value;
        }

        return GeneralisedAdvantages.Of(each, [.. scores.Value.Select(value => (double)value)], discounts, spec.Ppo.GaeLambda);
    }
}
