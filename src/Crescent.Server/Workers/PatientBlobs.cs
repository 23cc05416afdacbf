using Crescent.Storage.Artifacts;

namespace Crescent.Server.Workers;

/// <summary>
/// A kernel's way to the blob store. A call that fails for a reason that may pass is tried again with growing waits while the lease holds, and none may take longer than its limit, so that an outage costs the attempt at worst, and never the slot. Blocks: for the kernel's own thread.
/// </summary>
internal sealed class PatientBlobs(IBlobStore blobs, Lease lease, TimeSpan limit, TimeProvider time)
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)];

    /// <exception cref="CrescentException">As <see cref="IBlobStore.PutAsync"/>; <c>storage-unavailable</c> too when the store does not answer in time.</exception>
    public BlobReference Put(Action<Stream> write) => Try(cancellation => blobs.PutAsync(write, cancellation));

    /// <exception cref="CrescentException">As <see cref="IBlobStore.OpenAsync"/>; <c>storage-unavailable</c> too when the store does not answer in time.</exception>
    public Stream Open(string sha256) => Try(cancellation => blobs.OpenAsync(sha256, cancellation));

    private T Try<T>(Func<CancellationToken, Task<T>> call)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return Once(call);
            }
            catch (CrescentException e) when (e.Retryable && tries < Waits.Length && !lease.Lost)
            {
                Task.Delay(Waits[tries], time).GetAwaiter().GetResult();
            }
        }
    }

    private T Once<T>(Func<CancellationToken, Task<T>> call)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        try
        {
            return call(timeout.Token).WaitAsync(timeout.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new CrescentException("storage-unavailable", $"The blob store has not answered within {limit.TotalSeconds} s.", retryable: true, e);
        }
    }
}
