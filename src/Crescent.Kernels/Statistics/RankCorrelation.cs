using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Statistics;

/// <summary>Spearman's rank correlation, plain and with a third variable held fixed.</summary>
public static class RankCorrelation
{
    /// <summary>NaN where one of the two does not vary.</summary>
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>(r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)) on ranks; NaN where z determines the rank of x or y.</summary>
    public static double PartialSpearman(IReadOnlyList<double> x, IReadOnlyList<double> y, IReadOnlyList<double> given)
    {
        var (xy, xz, yz) = (Spearman(x, y), Spearman(x, given), Spearman(y, given));
        var scale = (1 - (xz * xz)) * (1 - (yz * yz));
        return scale > 1e-12 ? Math.Clamp((xy - (xz * yz)) / Math.Sqrt(scale), -1, 1) : double.NaN;
    }

    /// <summary>Interval of a partial Spearman correlation by Fisher's z, with the variance 1.06 / (n - 4) of ranks and one fixed variable (Fieller, Hartley and Pearson, 1957) and a t quantile.</summary>
    /// <param name="points">At least 6.</param>
    public static Interval PartialInterval(double correlation, int points, double confidence = Interval.Confidence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 6);
        var inside = Math.Clamp(correlation, -1 + 1e-12, 1 - 1e-12);
        var z = 0.5 * Elementary.Log((1 + inside) / (1 - inside));
        var half = StudentT.TwoSided(confidence, points - 4) * Math.Sqrt(1.06 / (points - 4));
        return new Interval(correlation, Math.Min(correlation, Tanh(z - half)), Math.Max(correlation, Tanh(z + half)));
    }

    /// <summary>Ranks from 1; equal values share the mean of theirs.</summary>
    public static double[] Ranks(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var order = Enumerable.Range(0, values.Count).OrderBy(index => values[index]).ToArray();
        var ranks = new double[values.Count];
        for (var start = 0; start < order.Length;)
        {
            var end = start;
            while (end < order.Length && values[order[end]].Equals(values[order[start]]))
            {
                end++;
            }

            for (var i = start; i < end; i++)
            {
                ranks[order[i]] = (start + 1 + end) / 2.0;
            }

            start = end;
        }

        return ranks;
    }

    private static double Pearson(double[] x, double[] y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, y.Length);
        var (meanX, meanY) = (x.Sum() / x.Length, y.Sum() / y.Length);
        var (xx, yy, xy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }

        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : double.NaN;
    }

    private static double Tanh(double z) => 1 - (2 / (Elementary.Exp(2 * z) + 1));
}
