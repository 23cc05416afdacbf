using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>Rewards of episodes.</summary>
public static class Rewards
{
    public static double Of(this RewardTable table, Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(table);
        return verdict switch
        {
            Verdict.Correct => table.Correct,
            Verdict.WrongValue => table.WrongValue,
            Verdict.WrongNumbers => table.WrongNumbers,
            Verdict.Partial => table.Partial ?? table.Illegal,
            Verdict.WrongRecognition => table.WrongRecognition ?? table.Illegal,
            _ => table.Illegal,
        };
    }

    /// <summary>The reward of each try of an episode that might take so many.</summary>
    public static double[] Of(this RewardTable table, Episode episode, int tries)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(episode);
        var rewards = episode.Tries.Select(attempt => table.Of(attempt.Judgement.Verdict)).ToArray();
        if (table.LimitReached is { } limit && rewards.Length == tries && !episode.Solved)
        {
            rewards[^1] = limit;
        }

        return rewards;
    }

    /// <summary>Permutes, try by try, the rewards among the episodes that took the try: their distribution stays, what they say about the answers goes.</summary>
    /// <param name="rewards">[episode][try], ragged; changed in place.</param>
    public static void Shuffle(IReadOnlyList<double[]> rewards, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(random);
        var most = rewards.Max(episode => episode.Length);
        for (var number = 0; number < most; number++)
        {
            var takers = rewards.Where(episode => episode.Length > number).ToList();
            var values = takers.Select(episode => episode[number]).ToArray();
            random.Shuffle<double>(values);
            for (var i = 0; i < values.Length; i++)
            {
                takers[i][number] = values[i];
            }
        }
    }
}
