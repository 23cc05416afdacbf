using Crescent.Storage.Jobs;

namespace Crescent.Server.Workers;

/// <summary>Seconds and joules of one attempt between its durable writes, as metric points beside the kernel's. They are measured and differ from machine to machine, so they are in no artifact.</summary>
/// <param name="share">Of the machine that the job has now; its part of the energy.</param>
internal sealed class MachineUse(TimeProvider time, EnergyCounter energy, Func<double> share)
{
    public const string Seconds = "seconds";
    public const string Joules = "joules";
    private long since = time.GetTimestamp();
    private double? joules = energy.Joules;

    /// <summary>What has been used since the last <see cref="Written"/>. Work that is lost with its attempt is never counted.</summary>
    public IReadOnlyList<MetricPoint> Points(int step)
    {
        var seconds = new MetricPoint(Seconds, step, time.GetElapsedTime(since).TotalSeconds);
        return energy.Joules is { } now && joules is { } before ? [seconds, new MetricPoint(Joules, step, (now - before) * share())] : [seconds];
    }

    public void Written() => (since, joules) = (time.GetTimestamp(), energy.Joules);
}
