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
            _ => table.Illegal,
        };
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
