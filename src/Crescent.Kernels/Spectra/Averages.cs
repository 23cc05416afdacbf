using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Spectra;

/// <summary>Summaries of singular values and angles.</summary>
internal static class Averages
{
    public static double Mean(IReadOnlyList<double> values) => values.Sum() / values.Count;

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Median of |to - from| / from over the values that are not 0 to working precision.</summary>
    public static double MedianRelativeChange(double[] from, double[] to) =>
        Median(Enumerable.Range(0, from.Length).Where(i => from[i] > 1e-14 * from[0]).Select(i => Math.Abs(to[i] - from[i]) / from[i]));

    /// <summary>||W||_F^2 / ||W||_2^2; 0 for a zero matrix.</summary>
    public static double StableRank(double[] values) => values[0] > 0 ? values.Sum(value => value / values[0] * (value / values[0])) : 0;

    /// <summary>exp of the entropy of the values over their sum; 0 for a zero matrix.</summary>
    public static double EffectiveRank(double[] values)
    {
        var total = values.Sum();
        return total > 0 ? Elementary.Exp(-values.Where(value => value > 0).Sum(value => value / total * Elementary.Log(value / total))) : 0;
    }

    /// <summary>True where values k - 1 and k (counted from 0) differ by less than <paramref name="tolerance"/> of the largest: no boundary between subspaces lies there.</summary>
    public static bool SplitsCluster(double[] values, int k, double tolerance) => values[k - 1] - values[k] <= tolerance * values[0];
}
