using System.Collections.Concurrent;

namespace Crescent.Grains.Control;

/// <summary>Keeps a failing grain from being called every second: 1, 2, 4, ... 30 s between tries. May be used by several calls at once.</summary>
internal sealed class CallBackoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (TimeSpan Wait, long FailedAt)> failing = new(StringComparer.Ordinal);

    public bool MayCall(string grain) => !failing.TryGetValue(grain, out var last) || time.GetElapsedTime(last.FailedAt) >= last.Wait;

    public void Succeeded(string grain) => failing.TryRemove(grain, out _);

    /// <summary>The wait before the next call.</summary>
    public TimeSpan Failed(string grain)
    {
        var wait = failing.TryGetValue(grain, out var last) ? TimeSpan.FromTicks(Math.Min(last.Wait.Ticks * 2, Longest.Ticks)) : First;
        failing[grain] = (wait, time.GetTimestamp());
        return wait;
    }
}
