using Crescent.Storage.Jobs;

namespace Crescent.Grains.Control;

/// <summary>What wakes the control loop and free slots. Wake-ups only shorten waits: everything happens without them, a little later.</summary>
public sealed class ControlHints : IDisposable
{
    private readonly SemaphoreSlim awake = new(0, 1);
    private readonly IDisposable[] subscriptions;

    /// <param name="queue">Null: nobody but this process's own calls wakes anybody.</param>
    public ControlHints(IJobHints? queue = null) => subscriptions = queue is null ? [] : [queue.OnQueued(Queued), queue.OnTold(Wake)];

    /// <summary>Raised when there may be jobs to claim.</summary>
    public event Action? JobsQueued;

    /// <summary>An outcome may have been committed, or a decision may be waiting.</summary>
    public void Wake()
    {
        try
        {
            awake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has called already.
        }
        catch (ObjectDisposedException)
        {
            // A hint that was on its way when the process ended.
        }
    }

    /// <summary>Returns once woken, or after the time.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var woken = awake.WaitAsync(waiting.Token);
        await Task.WhenAny(woken, Task.Delay(atMost, time, waiting.Token));
        await waiting.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions)
        {
            subscription.Dispose();
        }

        awake.Dispose();
    }

    private void Queued() => JobsQueued?.Invoke();
}
