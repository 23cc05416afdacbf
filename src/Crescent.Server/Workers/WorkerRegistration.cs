using Crescent.Server.Hosting;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Workers;

/// <summary>
/// Keeps this process's entry in the registry of workers: from its start, every two seconds, at once when it begins to drain, until its jobs have ended. Says in the log when its code does not fit the others'.
/// Added before the worker, so that it stops after it.
/// </summary>
public sealed partial class WorkerRegistration(
    IWorkerRegistry registry, WorkerActivity activity, IOptions<ServerOptions> server, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WorkerRegistration> logger) : BackgroundService
{
    internal static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Processes that are started together need not be told that one is not there yet.</summary>
    internal static TimeSpan TellAfter { get; } = TimeSpan.FromSeconds(10);

    private readonly DateTimeOffset startedAt = time.GetUtcNow();
    private readonly JobSignal drained = new();
    private (string? Problem, long Since, bool Told) code;

    public override void Dispose()
    {
        drained.Dispose();
        base.Dispose();
    }

    /// <summary>The first entry is there before the worker claims anything.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await registry.RemoveAsync(activity.Identity.Name, cancellationToken);
        }
        catch (Exception e) when (e is CrescentException or OperationCanceledException)
        {
            // Its entry goes silent instead.
            LogBeatFailed(e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = lifetime.ApplicationStopping.Register(() =>
        {
            activity.Drain();
            drained.Raise();
        });
        try
        {
            while (true)
            {
                await drained.WaitAsync(Interval, time, stoppingToken);
                await BeatAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task BeatAsync(CancellationToken stopping)
    {
        try
        {
            await registry.BeatAsync(Status(), stopping);
            activity.Register(true);
            Tell(WorkerCode.Problem(Status(), await registry.WorkersAsync(stopping), time.GetUtcNow()));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            activity.Register(false);
            LogBeatFailed(e);
        }
    }

    private void Tell(string? problem)
    {
        if (problem != code.Problem)
        {
            code = (problem, time.GetTimestamp(), false);
        }

        if (problem is not null && !code.Told && time.GetElapsedTime(code.Since) >= TellAfter)
        {
            code = code with { Told = true };
            LogCode(problem);
        }
    }

    private WorkerStatus Status() => new(
        activity.Identity.Name,
        Environment.MachineName,
        server.Value.RoleList,
        activity.Slots,
        activity.Busy,
        activity.Draining ? WorkerState.Draining : WorkerState.Active,
        activity.Identity.CodeHash,
        activity.Identity.Kinds,
        activity.Identity.Capabilities) { StartedAt = startedAt };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry of workers could not be reached; the next try is in two seconds")]
    private partial void LogBeatFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private partial void LogCode(string problem);
}
