using System.Collections.Concurrent;
using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Abstractions.Studies;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Crescent.Storage.Studies;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Crescent.Grains.Control;

/// <summary>
/// Every second: ends what has run out of time in the queue, has runs deliver what their jobs have committed, then has unfinished experiments carry out what they have decided, and unfinished studies submit what is next; many grains at once, each call of its own. In between, five times a second and whenever it is woken, it delivers, and drives the experiments that were told something. Recovery after a crash depends on nothing else: whatever was lost in memory is found again in the queue and in the store.
/// </summary>
public sealed partial class ControlLoop(
    IJobQueue jobs, IExperimentStore experiments, IStudyStore studies, IGrainFactory grains, ControlHints hints, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ControlLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Commits of other processes wake nobody here: they are looked for.
    private static readonly TimeSpan DeliveryInterval = TimeSpan.FromMilliseconds(200);
    private const int MaxDeliveries = 256;
    private const int MaxCalls = 32;

    private readonly CallBackoff backoff = new(time);

    // When everything was looked at last, not only what a wake-up was about.
    private long? lookedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!await StartedAsync(stoppingToken))
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                await hints.WaitAsync(DeliveryInterval, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Grains can be called once the host has started.</summary>
    private async Task<bool> StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, Task.Delay(Timeout.Infinite, stopping));
        return !stopping.IsCancellationRequested;
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        var complete = lookedAt is not { } last || time.GetElapsedTime(last) >= Interval;
        if (complete)
        {
            lookedAt = time.GetTimestamp();
            await SweepAsync(stopping);
        }

        var touched = await DeliverAsync(stopping);
        var experimentsToDrive = complete ? await ListAsync(() => experiments.UnfinishedAsync(stopping), stopping) : touched;
        await EachAsync(experimentsToDrive, experiment => CallAsync(experiment, () => grains.GetGrain<IExperimentGrain>(experiment).ReconcileAsync(stopping), stopping), stopping);
        if (complete)
        {
            var unfinished = await ListAsync(() => studies.UnfinishedAsync(stopping), stopping);
            await EachAsync(unfinished, study => CallAsync(study, () => grains.GetGrain<IStudyGrain>(study).ReconcileAsync(stopping), stopping), stopping);
        }
    }

    /// <summary>Delivers until nothing waits or nothing moves, and returns the experiments that were told something.</summary>
    private async Task<IReadOnlyCollection<string>> DeliverAsync(CancellationToken stopping)
    {
        var touched = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        int waiting, delivered;
        do
        {
            delivered = 0;
            var runs = await ListAsync(() => jobs.PendingRunsAsync(MaxDeliveries, stopping), stopping);
            waiting = runs.Count;
            await EachAsync(
                runs,
                async run =>
                {
                    if (await CallAsync(run, () => grains.GetGrain<IRunGrain>(run).DeliverAsync(stopping), stopping))
                    {
                        Interlocked.Increment(ref delivered);
                        touched.TryAdd(run[..run.IndexOf('/', StringComparison.Ordinal)], true);
                    }
                },
                stopping);
        }
        while (waiting == MaxDeliveries && delivered > 0);
        return [.. touched.Keys.Order(StringComparer.Ordinal)];
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            await jobs.SweepAsync(stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogStoreFailed(e);
        }
    }

    private static Task EachAsync(IEnumerable<string> grains, Func<string, Task> call, CancellationToken stopping) =>
        Parallel.ForEachAsync(grains, new ParallelOptions { MaxDegreeOfParallelism = MaxCalls, CancellationToken = stopping }, async (grain, _) => await call(grain));

    private async Task<IReadOnlyList<string>> ListAsync(Func<Task<IReadOnlyList<string>>> list, CancellationToken stopping)
    {
        try
        {
            return await list();
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogStoreFailed(e);
            return [];
        }
    }

    /// <summary>One grain's trouble is no other's: it is logged, and that grain is called less often until it recovers.</summary>
    private async Task<bool> CallAsync(string grain, Func<Task> call, CancellationToken stopping)
    {
        if (!backoff.MayCall(grain))
        {
            return false;
        }

        try
        {
            await call();
            backoff.Succeeded(grain);
            return true;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogCallFailed(e, grain, backoff.Failed(grain).TotalSeconds);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store does not answer; the control loop tries again")]
    private partial void LogStoreFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} could not be driven; next try in {Seconds} s")]
    private partial void LogCallFailed(Exception error, string grain, double seconds);
}
