namespace Crescent.Grains.Control;

/// <summary>Wake-ups inside the process. They only shorten waits: everything happens without them, a second later.</summary>
public sealed class ControlHints : IDisposable
{
    private readonly SemaphoreSlim awake = new(0, 1);

    /// <summary>Raised after runs were subscribed: there may be jobs to claim, or outcomes in the cache.</summary>
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
    }

    public void Queued()
    {
        JobsQueued?.Invoke();
        Wake();
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

    public void Dispose() => awake.Dispose();
}
