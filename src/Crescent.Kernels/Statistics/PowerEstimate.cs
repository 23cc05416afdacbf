namespace Crescent.Kernels.Statistics;

/// <summary>How many independent units (clusters, seeds) it takes to see a difference, from the spread of those at hand.</summary>
public static class PowerEstimate
{
    /// <summary>Chance of seeing it.</summary>
    public const double Power = 0.8;

    private const int Most = 1_000_000;

    /// <summary>
    /// The least n with (t_(1 - alpha/2, n - 1) + t_(power, n - 1)) s / sqrt(n) at most the difference, s the standard error at hand times sqrt(units). Null where the spread or the difference is 0 or unknown, or a million would not do.
    /// </summary>
    /// <param name="standardError">Of the mean of <paramref name="units"/> units.</param>
    public static int? UnitsNeeded(double standardError, int units, double difference, double confidence = Interval.Confidence)
    {
        if (!(standardError > 0) || !(difference > 0) || !double.IsFinite(standardError))
        {
            return null;
        }

        var deviation = standardError * Math.Sqrt(units);
        bool Enough(int n) => (StudentT.TwoSided(confidence, n - 1) + StudentT.Quantile(Power, n - 1)) * deviation <= difference * Math.Sqrt(n);
        if (!Enough(Most))
        {
            return null;
        }

        var (low, high) = (1, Most);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = middle < 2 || !Enough(middle) ? (middle, high) : (low, middle);
        }

        return high;
    }
}
