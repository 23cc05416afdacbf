using Crescent.Grains.Control;
using Crescent.Kernels.Jobs;
using Crescent.Server.Workers.Children;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Workers;

/// <summary>
/// Pulls jobs from the queue and runs their kernels, one on each slot; the only caller of <see cref="IKernel.Run"/>. On shutdown every running kernel is told to stop: it commits a snapshot, and its job goes back to the queue.
/// </summary>
public sealed partial class WorkerService : BackgroundService
{
    private readonly IWorkQueue queue;
    private readonly IBlobStore blobs;
    private readonly Dictionary<string, IKernel> kernels;
    private readonly WorkerOptions options;
    private readonly ControlHints hints;
    private readonly JobSignal signal = new();
    private readonly TimeProvider time;
    private readonly ILogger<WorkerService> logger;
    private readonly ThreadShare share;
    private readonly WorkerActivity activity;

    public WorkerService(
        IWorkQueue queue, IBlobStore blobs, IEnumerable<IKernel> kernels, IOptions<WorkerOptions> options, WorkerActivity activity, ControlHints hints, TimeProvider time, ILogger<WorkerService> logger)
    {
        this.activity = activity;
        (this.queue, this.blobs, this.hints, this.time, this.logger) = (queue, blobs, hints, time, logger);
        this.kernels = kernels.ToDictionary(kernel => kernel.Kind, StringComparer.Ordinal);
        this.options = options.Value;
        share = new ThreadShare(this.options.EffectiveCores);
        hints.JobsQueued += signal.Raise;
    }

    public override void Dispose()
    {
        hints.JobsQueued -= signal.Raise;
        signal.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogStarted(activity.Identity.Name, options.EffectiveSlots, options.EffectiveCores, string.Join(", ", kernels.Keys.Order(StringComparer.Ordinal)));
        return Task.WhenAll(Enumerable.Range(0, options.EffectiveSlots).Select(slot => ServeAsync(slot, stoppingToken)));
    }

    private async Task ServeAsync(int slot, CancellationToken stopping)
    {
        await Task.Yield();
        var worker = activity.Identity with { Name = $"{activity.Identity.Name}/{slot}" };
        SlotJob? next = null;
        var idle = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if ((next ?? await ClaimAsync(worker, stopping)) is { } job)
                {
                    if (idle)
                    {
                        // One wake-up may stand for many jobs: the next free slot looks as well.
                        signal.Raise();
                    }

                    (next, idle) = (null, false);
                    var attempt = Attempt(job, worker);
                    try
                    {
                        if (time.GetElapsedTime(job.ClaimedAt) >= options.HeartbeatInterval)
                        {
                            // The job before took its time to end after its completion.
                            await attempt.Lease.RenewAsync(stopping);
                        }

                        await RunAsync(job.Claim, attempt.Lease, attempt.Context, slot, stopping);
                    }
                    finally
                    {
                        next = attempt.Context.Next;
                    }
                }
                else
                {
                    idle = true;
                    await signal.WaitAsync(options.PollInterval, time, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                // The store did not answer. The slot must outlive it; an unfinished job comes back when its lease runs out.
                LogSlotFailed(e, slot);
                await PauseAsync(stopping);
            }
        }

        if (next is not null)
        {
            await GiveBackAsync(next.Claim, slot);
        }
    }

    private async Task<SlotJob?> ClaimAsync(WorkerIdentity worker, CancellationToken stopping)
    {
        var begun = time.GetTimestamp();
        return await queue.ClaimAsync(worker, options.Lease, stopping) is { } claim ? new SlotJob(claim, begun) : null;
    }

    private (Lease Lease, JobContext Context) Attempt(SlotJob job, WorkerIdentity worker)
    {
        var lease = new Lease(queue, job.Claim, options.Lease, options.HeartbeatInterval, job.ClaimedAt, time, logger);
        return (lease, new JobContext(job.Claim, worker, lease, queue, blobs, share, options, time));
    }

    /// <summary>The process stops before the slot has begun with its next job.</summary>
    private async Task GiveBackAsync(JobClaim claim, int slot)
    {
        try
        {
            await queue.ReleaseAsync(claim);
        }
        catch (Exception e)
        {
            // It comes back when its lease runs out.
            LogSlotFailed(e, slot);
        }
    }

    private async Task RunAsync(JobClaim claim, Lease lease, JobContext context, int slot, CancellationToken stopping)
    {
        LogClaimed(claim.Kind, claim.Key, claim.Epoch, claim.SnapshotStep);
        await using var stop = stopping.Register(lease.RequestStop);
        using var ended = new CancellationTokenSource();
        var heartbeats = lease.KeepAsync(ended.Token);
        share.Enter();
        activity.Begin();
        Exception? error = null;
        try
        {
            await KernelThread.RunAsync($"kernel-{slot}", () => Run(claim.Kind, context));
        }
        catch (Exception e)
        {
            error = e;
        }
        finally
        {
            share.Leave();
            await ended.CancelAsync();
            await heartbeats;
        }

        var ending = AttemptEnding.Lost;
        try
        {
            ending = await EndAsync(claim, lease, context, error);
        }
        finally
        {
            activity.End(ending);
        }
    }

    private void Run(string kind, JobContext context)
    {
        if (options.Isolation == WorkerIsolation.Process)
        {
            new KernelProcess(options.MemoryMiB).Run(kind, context);
        }
        else
        {
            kernels[kind].Run(context);
        }
    }

    /// <summary>Tells the queue how the attempt ended.</summary>
    private async Task<AttemptEnding> EndAsync(JobClaim claim, Lease lease, JobContext context, Exception? error)
    {
        switch (error)
        {
            case null when context.Ended:
                LogCompleted(claim.Kind, claim.Key, claim.Epoch);
                return AttemptEnding.Completed;
            case CrescentException { Code: "lease-lost" }:
            case not null when lease.Lost:
                LogLost(claim.Kind, claim.Key, claim.Epoch);
                return AttemptEnding.Lost;
            case null when claim.Schedule is { Completed: true }:
                // What this attempt could reach is made; another one goes on from a nearer snapshot, where something is missing.
                return await ReleaseAsync(claim);
            case OperationCanceledException when lease.StopRequested:
                return await ReleaseAsync(claim);
            case CrescentException known:
                return await FailAsync(claim, new JobFailure(known.Code, known.Message, known.Retryable), known);
            case null:
                return await FailAsync(claim, new JobFailure("internal-error", $"The {claim.Kind} kernel ended without a completed outcome.", Retryable: false), error);
            default:
                return await FailAsync(claim, new JobFailure("internal-error", $"{error.GetType().Name}: {error.Message}", Retryable: true), error);
        }
    }

    private async Task<AttemptEnding> ReleaseAsync(JobClaim claim)
    {
        await queue.ReleaseAsync(claim);
        LogReleased(claim.Kind, claim.Key, claim.Epoch);
        return AttemptEnding.Released;
    }

    private async Task<AttemptEnding> FailAsync(JobClaim claim, JobFailure failure, Exception? error)
    {
        LogFailed(error, claim.Kind, claim.Key, claim.Epoch, failure.Code, failure.Message);
        try
        {
            await queue.FailAsync(claim, failure);
            return AttemptEnding.Failed;
        }
        catch (CrescentException e) when (e.Code == "lease-lost")
        {
            LogLost(claim.Kind, claim.Key, claim.Epoch);
            return AttemptEnding.Lost;
        }
    }

    private async Task PauseAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The loop's condition ends it.
        }
    }
}
