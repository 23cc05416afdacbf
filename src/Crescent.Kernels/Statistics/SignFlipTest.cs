using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Statistics;

/// <summary>Tests that paired differences are symmetric about 0 by flipping the sign of whole clusters at random: the clustered counterpart of McNemar's test.</summary>
public static class SignFlipTest
{
    public const int DefaultDraws = 9999;

    /// <summary>Two-sided p, (1 + draws at least as extreme) / (1 + draws).</summary>
    public static double PValue(ClusteredSample differences, ulong seed, int draws = DefaultDraws)
    {
        ArgumentNullException.ThrowIfNull(differences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        var sums = differences.Sums();
        var magnitude = sums.Sum(Math.Abs);
        var observed = Math.Abs(sums.Sum()) - (1e-12 * magnitude);
        var random = new RandomStream(new RandomKey(seed, RandomPurpose.SignFlip, 0));
        var extreme = 0;
        for (var draw = 0; draw < draws; draw++)
        {
            var total = 0.0;
            var bits = 0u;
            for (var g = 0; g < sums.Length; g++)
            {
                bits = g % 32 == 0 ? random.NextUInt32() : bits >> 1;
                total += (bits & 1) == 0 ? sums[g] : -sums[g];
            }

            extreme += Math.Abs(total) >= observed ? 1 : 0;
        }

        return (1.0 + extreme) / (1 + draws);
    }
}
