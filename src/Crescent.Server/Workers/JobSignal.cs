namespace Crescent.Server.Workers;

/// <summary>Wakes free slots when there may be a job to claim. A hint only: without it they look at the next poll.</summary>
internal sealed class JobSignal : IDisposable
{
    private readonly SemaphoreSlim jobs = new(0, 1);

    public void Raise()
    {
        try
        {
            jobs.Release();
        }
        catch (SemaphoreFullException)
        {
            // A wake-up is waiting already.
        }
        catch (ObjectDisposedException)
        {
            // One that was on its way when the process ended.
        }
    }

    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await jobs.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Nobody called; look anyway.
        }
    }

    public void Dispose() => jobs.Dispose();
}
