using Crescent.Chaos.Cluster;
using Crescent.Chaos.Faults;
using Crescent.Kernels.Randomness;

namespace Crescent.Chaos.Campaign;

/// <summary>Does one thing after another to a cluster, drawn by weight: mostly kills, since those are counted; the other faults run beside them.</summary>
internal sealed class Disturber(ChaosCluster cluster, RandomStream random, ChaosTally tally, CancellationToken stop)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan MaxJump = TimeSpan.FromSeconds(2.5);

    // As long as a process may serve before it is killed from outside: most come to the durable write at which they kill themselves.
    private static readonly TimeSpan MaxGrace = TimeSpan.FromSeconds(3);

    private readonly List<Task> running = [];
    private int active;
    private long calmSince = TimeProvider.System.GetTimestamp();

    /// <summary>Since when nothing but kills has happened, on the monotonic clock; null while something does.</summary>
    public long? CalmSince => Volatile.Read(ref active) > 0 ? null : Volatile.Read(ref calmSince);

    /// <summary>Experiments that may be paused for a moment.</summary>
    public Func<string?> Experiment { get; init; } = () => null;

    /// <summary>Disturbs until the tally has so many kills, or until stopped.</summary>
    public async Task RunAsync(int kills)
    {
        while (tally.Kills < kills && !stop.IsCancellationRequested)
        {
            await StepAsync();
            await Task.Delay(MaxPause * random.NextDouble(), CancellationToken.None);
        }

        await Task.WhenAll(running);
        cluster.Switches.Clear();
    }

    private async Task StepAsync()
    {
        switch (random.NextInt(100))
        {
            case < 45:
                await KillAsync("compute");
                break;
            case < 62:
                await KillAsync("control");
                break;
            case < 70:
                Begin("compute frozen", () => Pick("compute")?.FreezeAsync(Share(1.5 * ChaosCluster.Lease)) ?? Task.CompletedTask);
                break;
            case < 74:
                Begin("control frozen", () => cluster.Control.FreezeAsync(Share(ChaosCluster.Lease)));
                break;
            case < 78:
                Begin("blob store down", () => SwitchAsync(Switches.BlobsDown, 1.0));
                break;
            case < 81:
                Begin("blob store slow", () => SwitchAsync(Switches.BlobsSlow, 2.0));
                break;
            case < 85:
                Begin("disk full", () => SwitchAsync(Switches.DiskFull, 1.0));
                break;
            case < 89:
                Begin("clock jump", JumpAsync);
                break;
            case < 91:
                Begin("drain", DrainAsync);
                break;
            case < 93 when Experiment() is { } id:
                Begin("pause and resume", () => PauseAsync(id));
                break;
            default:
                if (cluster.DatabaseFaults is { Count: > 0 } faults)
                {
                    var (name, act) = faults[random.NextInt(faults.Count)];
                    Begin(name, act);
                }

                break;
        }
    }

    /// <summary>SIGKILL, once a process of the role has served for a while: killing one that has not begun to proves little.</summary>
    private async Task KillAsync(string role)
    {
        var grace = Share(MaxGrace);
        for (var looks = 0; looks < 200; looks++)
        {
            if (Pick(role, grace) is { } slot)
            {
                slot.Kill();
                tally.Kill($"{role} killed");
                return;
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    private HostSlot? Pick(string role, TimeSpan served = default)
    {
        var ready = cluster.Slots.Where(slot => slot.Role == role && slot.IsReady && slot.ReadySince is { } since && TimeProvider.System.GetElapsedTime(since) >= served).ToList();
        return ready.Count == 0 ? null : ready[random.NextInt(ready.Count)];
    }

    /// <summary>Begins a fault that ends by itself; one of each kind at a time.</summary>
    private void Begin(string name, Func<Task> act)
    {
        running.RemoveAll(task => task.IsCompletedSuccessfully);
        if (running.Count >= 3)
        {
            return;
        }

        tally.Note(name);
        Interlocked.Increment(ref active);
        running.Add(Task.Run(async () =>
        {
            await act();
            Volatile.Write(ref calmSince, TimeProvider.System.GetTimestamp());
            Interlocked.Decrement(ref active);
        }));
    }

    private async Task SwitchAsync(string name, double seconds)
    {
        cluster.Switches.Turn(name, on: true);
        await Task.Delay(Share(TimeSpan.FromSeconds(seconds)), CancellationToken.None);
        cluster.Switches.Turn(name, on: false);
    }

    private Task JumpAsync()
    {
        cluster.Switches.SetClock(MaxJump * ((2 * random.NextDouble()) - 1));
        return Task.CompletedTask;
    }

    private Task DrainAsync()
    {
        Pick("compute")?.Drain();
        return Task.CompletedTask;
    }

    private async Task PauseAsync(string experiment)
    {
        await cluster.Client.ActAsync(experiment, "pause", stop);
        await Task.Delay(Share(TimeSpan.FromSeconds(1)), CancellationToken.None);
        await cluster.Client.ActAsync(experiment, "resume", stop);
    }

    private TimeSpan Share(TimeSpan atMost) => atMost * random.NextDouble();
}
