using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Claims;

/// <summary>What RL gains by the tries that it trained with.</summary>
public static class TriesSlope
{
    /// <summary>Tries at which every arm is evaluated.</summary>
    public static IReadOnlyList<int> Allowed { get; } = [1, 3, 5, 10];

    /// <summary>
    /// Value of more-tries-help for one seed: the least-squares slope of the gain against log2 of the tries trained with (verify_iter), where a gain is the mean over the allowed tries of OOD accuracy after RL minus before.
    /// Null where all arms trained with the same number of tries.
    /// </summary>
    public static double? PerDoubling(IReadOnlyList<(int TrainedWith, double Gain)> arms)
    {
        ArgumentNullException.ThrowIfNull(arms);
        var doublings = arms.Select(arm => Elementary.Log(arm.TrainedWith) / Elementary.Log(2)).ToArray();
        var (meanX, meanY) = (doublings.Sum() / arms.Count, arms.Sum(arm => arm.Gain) / arms.Count);
        var (xx, xy) = (0.0, 0.0);
        for (var i = 0; i < doublings.Length; i++)
        {
            xx += (doublings[i] - meanX) * (doublings[i] - meanX);
            xy += (doublings[i] - meanX) * (arms[i].Gain - meanY);
        }

        return xx > 0 ? xy / xx : null;
    }
}
