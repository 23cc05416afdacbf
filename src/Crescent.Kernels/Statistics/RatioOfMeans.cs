namespace Crescent.Kernels.Statistics;

/// <summary>Ratio of two means over the same items, with Fieller's interval (1954) from cluster-robust variances.</summary>
public static class RatioOfMeans
{
    /// <returns>Null where the denominator's mean does not differ from 0 at this confidence: the interval is then unbounded.</returns>
    public static Interval? Fieller(ClusteredSample numerator, ClusteredSample denominator, double confidence = Interval.Confidence)
    {
        ArgumentNullException.ThrowIfNull(numerator);
        ArgumentNullException.ThrowIfNull(denominator);
        if (numerator.Clusters < 2)
        {
            return null;
        }

        var (a, b) = (numerator.Mean, denominator.Mean);
        var (va, vb, covariance) = (numerator.VarianceOfMean(), denominator.VarianceOfMean(), ClusteredSample.Covariance(numerator, denominator));
        var t = StudentT.TwoSided(confidence, numerator.Clusters - 1);
        var g = t * t * vb / (b * b);
        if (!(g < 1))
        {
            return null;
        }

        var ratio = a / b;
        var slope = vb > 0 ? covariance / vb : 0;
        var inside = va - (2 * ratio * covariance) + (ratio * ratio * vb) - (g * (va - (slope * covariance)));
        var half = t / Math.Abs(b) * Math.Sqrt(Math.Max(0, inside));
        var centre = ratio - (g * slope);
        return new Interval(ratio, (centre - half) / (1 - g), (centre + half) / (1 - g));
    }
}
