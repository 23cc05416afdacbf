namespace Crescent.Kernels.Statistics;

/// <summary>An accuracy with its interval: Wilson's at the effective number of episodes, N over the design effect of the clusters.</summary>
public sealed record AccuracyInterval(double Accuracy, double Low, double High, int Episodes, int Clusters)
{
    /// <param name="successes">1 for a success, 0 for a failure; not empty.</param>
    public static AccuracyInterval Of(ClusteredSample successes, double confidence = Interval.Confidence)
    {
        ArgumentNullException.ThrowIfNull(successes);
        var (n, p) = (successes.Values.Count, successes.Mean);
        if (successes.Clusters < 2)
        {
            return new AccuracyInterval(p, 0, 1, n, successes.Clusters);
        }

        var effective = n / DesignEffect(successes);
        var z = StudentT.TwoSided(confidence, successes.Clusters - 1);
        var scale = 1 + (z * z / effective);
        var centre = (p + (z * z / (2 * effective))) / scale;
        var half = z / scale * Math.Sqrt((p * (1 - p) / effective) + (z * z / (4 * effective * effective)));
        return new AccuracyInterval(p, Math.Clamp(centre - half, 0, p), Math.Clamp(centre + half, p, 1), n, successes.Clusters);
    }

    /// <summary>
    /// Cluster-robust variance over the binomial one, at least 1. Where no value differs (0 % or 100 %) the data say nothing about it: the mean cluster size, as if a cluster were one episode.
    /// </summary>
    public static double DesignEffect(ClusteredSample successes)
    {
        ArgumentNullException.ThrowIfNull(successes);
        var (n, p) = (successes.Values.Count, successes.Mean);
        var binomial = p * (1 - p) / n;
        return binomial > 0 ? Math.Max(1, successes.VarianceOfMean() / binomial) : (double)n / successes.Clusters;
    }
}
