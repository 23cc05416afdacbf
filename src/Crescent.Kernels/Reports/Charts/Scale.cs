using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Reports.Charts;

/// <summary>Maps values of an axis to pixels. Values outside the domain are clamped to its ends, so that no mark leaves the plot.</summary>
/// <param name="Low">Least value shown.</param>
/// <param name="High">Greatest value shown.</param>
/// <param name="Start">Pixel of <paramref name="Low"/>.</param>
/// <param name="End">Pixel of <paramref name="High"/>.</param>
public abstract record Scale(double Low, double High, double Start, double End)
{
    public double Map(double value)
    {
        var (low, high) = (Transform(Low), Transform(High));
        var share = high > low ? (Transform(Math.Clamp(value, Low, High)) - low) / (high - low) : 0.5;
        return Start + share * (End - Start);
    }

    protected abstract double Transform(double value);
}

public sealed record LinearScale(double Low, double High, double Start, double End) : Scale(Low, High, Start, End)
{
    protected override double Transform(double value) => value;
}

/// <summary>Logarithmic; the domain is positive.</summary>
public sealed record LogScale(double Low, double High, double Start, double End) : Scale(Low, High, Start, End)
{
    protected override double Transform(double value) => Elementary.Log(value);
}

/// <summary>log(1 + x / unit): linear near 0, logarithmic far above the unit. For training steps, where 0 matters.</summary>
public sealed record SymlogScale(double Unit, double Low, double High, double Start, double End) : Scale(Low, High, Start, End)
{
    protected override double Transform(double value) => Elementary.Log(1 + value / Unit);
}
