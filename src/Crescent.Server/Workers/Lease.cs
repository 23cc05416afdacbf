using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Logging;

namespace Crescent.Server.Workers;

/// <summary>
/// One attempt's claim on its job. Renews it at each heartbeat, passing on progress and metrics, and learns whether the job is still wanted.
/// The attempt fences itself: once 0.8 of the time to live has passed on the monotonic clock since the last renewal began, it takes the job for lost, whatever it has heard (a frozen process, a store that does not answer).
/// </summary>
internal sealed partial class Lease(IWorkQueue queue, JobClaim claim, TimeSpan timeToLive, TimeSpan heartbeat, long claimedAt, TimeProvider time, ILogger logger)
{
    private long renewedAt = claimedAt;
    private volatile bool lost;
    private volatile bool stopRequested;
    private volatile JobProgress? progress;
    private volatile CheckpointSchedule schedule = claim.Schedule ?? CheckpointSchedule.None;

    public MetricBuffer Metrics { get; } = new();

    /// <summary>Another attempt owns the job, or may own it by now: nothing may be written any more.</summary>
    public bool Lost => lost || (lost = time.GetElapsedTime(Volatile.Read(ref renewedAt)) >= timeToLive * 0.8);

    /// <summary>The job is to commit a snapshot at its next step boundary and to end: nobody wants it, or the process drains.</summary>
    public bool StopRequested => stopRequested;

    /// <summary>As the queue has told last, with a claim, heartbeat or commit.</summary>
    public CheckpointSchedule Schedule => schedule;

    public void Note(CheckpointSchedule? told) => schedule = told ?? schedule;

    public void RequestStop() => stopRequested = true;

    public void Report(JobProgress latest) => progress = latest;

    /// <summary>Renews until cancelled or lost.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(heartbeat, time);
        try
        {
            while (!Lost && await timer.WaitForNextTickAsync(cancellation))
            {
                await RenewAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The attempt has ended.
        }
    }

    /// <summary>One heartbeat. A store that does not answer is no reason to give up before the lease runs out.</summary>
    public async Task RenewAsync(CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var (points, mark) = Metrics.Peek();
        try
        {
            var renewal = await queue.HeartbeatAsync(claim, timeToLive, progress, points, cancellation);
            Note(renewal.Schedule);
            switch (renewal.State)
            {
                case LeaseState.Lost:
                    lost = true;
                    return;
                case LeaseState.StopRequested:
                    stopRequested = true;
                    break;
            }

            Volatile.Write(ref renewedAt, begun);
            Metrics.Confirm(mark);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogHeartbeatFailed(logger, e, claim.Kind, claim.Key, claim.Epoch);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Heartbeat of {Kind} {Job} epoch {Epoch} failed")]
    private static partial void LogHeartbeatFailed(ILogger logger, Exception error, string kind, string job, long epoch);
}
