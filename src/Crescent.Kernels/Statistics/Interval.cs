namespace Crescent.Kernels.Statistics;

/// <summary>An estimate with a two-sided interval.</summary>
public readonly record struct Interval(double Estimate, double Low, double High)
{
    /// <summary>Two-sided confidence of every interval unless told otherwise.</summary>
    public const double Confidence = 0.95;
}
