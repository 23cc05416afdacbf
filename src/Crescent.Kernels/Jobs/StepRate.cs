namespace Crescent.Kernels.Jobs;

/// <summary>Units per second, lately: an exponential mean over about ten units. For people only; never part of a result.</summary>
internal sealed class StepRate(TimeProvider time)
{
    private const double Weight = 0.1;
    private long last = time.GetTimestamp();
    private double? seconds;

    /// <summary>Null until the first unit is done.</summary>
    public double? PerSecond => seconds is > 0 ? 1 / seconds : null;

    public void Count(int units = 1)
    {
        var now = time.GetTimestamp();
        var each = time.GetElapsedTime(last, now).TotalSeconds / units;
        var weight = Math.Min(1, Weight * units);
        seconds = seconds is { } before ? ((1 - weight) * before) + (weight * each) : each;
        last = now;
    }
}
