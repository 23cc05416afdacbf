using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Crescent.Grains.Control;

/// <summary>
/// Every second: has runs deliver what their jobs have committed, then has unfinished experiments carry out what they have decided. Recovery after a crash depends on nothing else: whatever was lost in memory is found again in the queue and in the store.
/// </summary>
public sealed partial class ControlLoop(
    IJobQueue jobs, IExperimentStore experiments, IGrainFactory grains, ControlHints hints, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ControlLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int MaxDeliveries = 256;

    private readonly CallBackoff backoff = new(time);

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
                await hints.WaitAsync(Interval, time, stoppingToken);
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
        foreach (var run in await ListAsync(() => jobs.PendingRunsAsync(MaxDeliveries, stopping), stopping))
        {
            await CallAsync(run, () => grains.GetGrain<IRunGrain>(run).DeliverAsync(stopping), stopping);
        }

        foreach (var experiment in await ListAsync(() => experiments.UnfinishedAsync(stopping), stopping))
        {
            await CallAsync(experiment, () => grains.GetGrain<IExperimentGrain>(experiment).ReconcileAsync(stopping), stopping);
        }
    }

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
    private async Task CallAsync(string grain, Func<Task> call, CancellationToken stopping)
    {
        if (!backoff.MayCall(grain))
        {
            return;
        }

        try
        {
            await call();
            backoff.Succeeded(grain);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogCallFailed(e, grain, backoff.Failed(grain).TotalSeconds);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store does not answer; the control loop tries again")]
    private partial void LogStoreFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} could not be driven; next try in {Seconds} s")]
    private partial void LogCallFailed(Exception error, string grain, double seconds);
}
