using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>A quantity looked at over many settings (start checkpoints, ranks, layers). Exploratory whatever comes out: p-values are corrected by Benjamini and Hochberg, and there is no verdict.</summary>
public static class StudyScan
{
    /// <param name="points">Per setting, one value a seed.</param>
    public static IReadOnlyList<ScanResult> Of(IReadOnlyList<ScanPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var p = points.Select(point => point.PerSeed.Count < 2 ? 1 : StudyClaims.PValue(point.PerSeed)).ToArray();
        var adjusted = MultipleComparisons.BenjaminiHochberg(p);
        return [.. points.Select((point, i) => new ScanResult(point.Label, point.Step, SeedInterval.Of(point.PerSeed), point.PerSeed.Count, p[i], adjusted[i]))];
    }
}

/// <param name="Label">The setting in words.</param>
/// <param name="Step">Its place on a numeric axis: the SFT step of a start checkpoint, a rank.</param>
public sealed record ScanPoint(string Label, double Step, IReadOnlyList<double> PerSeed);

/// <param name="Interval">t over seeds; infinite with fewer than two.</param>
/// <param name="FalseDiscovery">p after Benjamini and Hochberg's correction over the scan.</param>
public sealed record ScanResult(string Label, double Step, Interval Interval, int Seeds, double PValue, double FalseDiscovery);
