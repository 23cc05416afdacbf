using System.Globalization;
using Crescent.Chaos.Faults;

namespace Crescent.Chaos.Cluster;

/// <summary>Keeps one process of a role alive: whenever it dies, by whatever hand, the next one starts at once.</summary>
internal sealed class HostSlot(string role, string url, IReadOnlyList<string> settings, Func<string, FaultPlan> plan, Action<string> died)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(30);
    private HostProcess? current;
    private volatile bool keeping = true;
    private volatile string lastWords = "";

    public string Role { get; } = role;

    public string Url { get; } = url;

    /// <summary>Since when it answers, on the monotonic clock; null while it does not.</summary>
    public long? ReadySince { get; private set; }

    /// <summary>True while it answers and is not frozen.</summary>
    public bool IsReady => ReadySince is not null && !IsFrozen;

    public bool IsFrozen { get; private set; }

    /// <summary>What the last process that did not die by a kill said.</summary>
    public string LastWords => lastWords;

    /// <summary>True when the process that lives now is the owner of an attempt.</summary>
    public bool Owns(string? owner) => current is { HasExited: false } process && owner is not null && owner.Contains(string.Create(CultureInfo.InvariantCulture, $"/{process.Id}-"), StringComparison.Ordinal);

    /// <summary>Starts processes until <see cref="StopAsync"/>.</summary>
    public async Task KeepAsync()
    {
        while (keeping)
        {
            using var process = HostProcess.Start(Role, Url, settings, plan(Role));
            current = process;
            while (keeping && !process.HasExited && !await process.IsReadyAsync())
            {
                await Task.Delay(LookEvery);
            }

            ReadySince = process.HasExited ? null : TimeProvider.System.GetTimestamp();
            await process.ExitAsync();
            ReadySince = null;
            IsFrozen = false;
            if (process.KilledItselfAt is { } point)
            {
                died(point);
            }
            else if (process.Errors.Length > 0)
            {
                lastWords = process.Errors;
                await Task.Delay(LookEvery);
            }
        }
    }

    public void Kill() => current?.Kill();

    public async Task FreezeAsync(TimeSpan time)
    {
        if (current is { HasExited: false } process)
        {
            IsFrozen = true;
            process.Freeze();
            await Task.Delay(time);
            if (!process.HasExited)
            {
                process.Thaw();
                ReadySince = TimeProvider.System.GetTimestamp();
            }

            IsFrozen = false;
        }
    }

    public void Drain() => current?.Drain();

    /// <summary>Lets no further process start, and ends the one there is.</summary>
    public void Stop()
    {
        keeping = false;
        current?.Kill();
    }
}
