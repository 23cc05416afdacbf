using Crescent.Chaos.Cluster;
using Crescent.Chaos.Histories;
using Crescent.Kernels.Randomness;

namespace Crescent.Chaos.Campaign;

/// <summary>What a round found.</summary>
/// <param name="Looks">How often the history was checked in the middle of the faults.</param>
internal sealed record RoundResult(IReadOnlyList<Breach> Breaches, History History, int Looks);

/// <summary>One cluster on a fresh database: experiments under faults, then rest, then the proof.</summary>
internal sealed class Round(ChaosCluster cluster, IReadOnlyList<string> specs, RandomStream random, ChaosTally tally) : IDisposable
{
    private const int InFlight = 3;
    private const int Takeovers = 2;
    private static readonly TimeSpan Epsilon = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RoundPatience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan RestPatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource allDone = new();
    private readonly CancellationTokenSource giveUp = new(RoundPatience);
    private readonly List<Breach> breaches = [];
    private readonly Lock gate = new();
    private readonly List<string> live = [];
    private int looks;

    /// <param name="kills">Kills in the tally at which the faults end.</param>
    public async Task<RoundResult> RunAsync(int kills, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> undisturbed)
    {
        var submitting = SubmitAllAsync();
        var disturber = new Disturber(cluster, random, tally, allDone.Token) { Experiment = AnyLive };
        using var looking = new CancellationTokenSource();
        var watching = WatchAsync(disturber, looking.Token);
        await disturber.RunAsync(kills);
        await EndAsync(submitting);
        await looking.CancelAsync();
        await watching;
        var history = await cluster.ReadAsync(thorough: true);
        return new RoundResult([.. breaches.Distinct(), .. HistoryChecker.CheckAtRest(history, undisturbed)], history, looks);
    }

    public void Dispose()
    {
        allDone.Dispose();
        giveUp.Dispose();
    }

    /// <summary>A few experiments at a time, each followed by a reader of its events.</summary>
    private async Task SubmitAllAsync()
    {
        using var room = new SemaphoreSlim(InFlight);
        List<Task> all = [];
        foreach (var (i, spec) in specs.Index())
        {
            await room.WaitAsync(giveUp.Token);
            all.Add(FollowAsync(spec, $"key-{i}", room));
        }

        await Task.WhenAll(all);
        await allDone.CancelAsync();
    }

    private async Task FollowAsync(string spec, string key, SemaphoreSlim room)
    {
        var id = await cluster.Client.SubmitAsync(spec, key, giveUp.Token);
        lock (gate)
        {
            live.Add(id);
        }

        await cluster.Client.FollowAsync(id, giveUp.Token);
        lock (gate)
        {
            live.Remove(id);
        }

        room.Release();
    }

    private string? AnyLive()
    {
        lock (gate)
        {
            return live.Count == 0 ? null : live[^1];
        }
    }

    /// <summary>Looks at leases and at everything else while faults happen.</summary>
    private async Task WatchAsync(Disturber disturber, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(LookEvery, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                var since = cluster.Control.IsReady && cluster.Control.ReadySince is { } ready && disturber.CalmSince is { } calm ? Math.Max(ready, calm) : (long?)null;
                var history = await cluster.ReadAsync(thorough: false);
                var now = (TimeProvider.System.GetUtcNow() + cluster.Switches.Clock()).UtcTicks;
                var sample = new LeaseSample(now, since is { } begun ? now - TimeProvider.System.GetElapsedTime(begun).Ticks : null, history.Jobs);
                breaches.AddRange([.. HistoryChecker.CheckAlways(history), .. HistoryChecker.CheckLeases(sample, Epsilon)]);
                looks++;
            }
            catch (System.Data.Common.DbException)
            {
                // The database is being restarted, or has not been made yet: the next look will do.
            }
        }
    }

    /// <summary>Ends all faults and starts every process anew, without faults inside.</summary>
    private async Task RestAsync()
    {
        cluster.Disturbed = false;
        foreach (var slot in cluster.Slots)
        {
            while (!slot.IsReady)
            {
                await Task.Delay(20, giveUp.Token);
            }

            slot.Kill();
            tally.Kill($"{slot.Role} killed");
        }
    }

    /// <summary>Resumes what was paused when the order to go on was lost with its control process.</summary>
    private async Task ResumeAsync()
    {
        while (!allDone.IsCancellationRequested && !giveUp.IsCancellationRequested)
        {
            string[] ids;
            lock (gate)
            {
                ids = [.. live];
            }

            foreach (var id in ids)
            {
                if (await cluster.Client.PhaseAsync(id, CancellationToken.None) == "paused")
                {
                    await cluster.Client.ActAsync(id, "resume", CancellationToken.None);
                }
            }

            await Task.Delay(LookEvery, allDone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Kills workers of running jobs while nothing else happens.</summary>
    private async Task MeasureAsync()
    {
        for (var i = 0; i < Takeovers && !allDone.IsCancellationRequested; i++)
        {
            while (!cluster.Slots.All(slot => slot.IsReady))
            {
                await Task.Delay(20, giveUp.Token);
            }

            if (await Takeover.MeasureAsync(cluster) is { } time)
            {
                tally.Kill("compute killed");
                tally.Takeover(time);
            }
        }
    }

    /// <summary>Lets everything come to its end.</summary>
    private async Task EndAsync(Task submitting)
    {
        giveUp.CancelAfter(RestPatience);
        var resuming = Task.CompletedTask;
        try
        {
            await RestAsync();
            resuming = ResumeAsync();
            await MeasureAsync();
            await submitting;
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            breaches.Add(new Breach("unfinished", $"not everything has ended within {RestPatience} of rest; processes said: {string.Join(" | ", cluster.Slots.Select(slot => slot.LastWords).Where(words => words.Length > 0))}"));
        }

        await resuming;
    }
}
