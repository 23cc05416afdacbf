namespace Crescent.Kernels.Statistics;

/// <summary>A study's unit is the seed: one value a seed (a per-seed paired difference), and a t interval over them.</summary>
public static class SeedInterval
{
    /// <summary>Infinite with fewer than two seeds.</summary>
    public static Interval Of(IReadOnlyList<double> perSeed, double confidence = Interval.Confidence)
    {
        ArgumentNullException.ThrowIfNull(perSeed);
        return new ClusteredSample(perSeed, [.. perSeed.Select((_, seed) => seed.ToString("D6", System.Globalization.CultureInfo.InvariantCulture))]).MeanInterval(confidence);
    }
}
