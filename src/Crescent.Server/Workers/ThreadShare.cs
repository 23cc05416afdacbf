namespace Crescent.Server.Workers;

/// <summary>Shares the cores among the jobs that run now: a lone job gets all of them. The share changes while a job runs; kernels read it at each step.</summary>
internal sealed class ThreadShare(int cores)
{
    private int running;

    public int Threads => Math.Max(1, cores / Math.Max(1, Volatile.Read(ref running)));

    /// <summary>What one of the running jobs has of the machine.</summary>
    public double OfMachine => 1.0 / Math.Max(1, Volatile.Read(ref running));

    public void Enter() => Interlocked.Increment(ref running);

    public void Leave() => Interlocked.Decrement(ref running);
}
