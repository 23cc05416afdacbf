using System.Globalization;
using Crescent.Server.Hosting;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Workers;

/// <summary>What this process's worker is and what it is doing: for its health, its metrics and its entry among the workers.</summary>
/// <param name="identity">Its name is the process's; each slot claims under a name of its own below that.</param>
/// <param name="slots">0: this process runs no jobs.</param>
public sealed class WorkerActivity(WorkerIdentity identity, int slots)
{
    private readonly long[] endings = new long[Enum.GetValues<AttemptEnding>().Length];
    private int busy;
    private volatile bool draining;
    private volatile bool registered;

    public WorkerIdentity Identity => identity;

    public int Slots => slots;

    /// <summary>Slots whose kernel runs now.</summary>
    public int Busy => Volatile.Read(ref busy);

    /// <summary>True once the worker claims nothing more, because its process is to stop.</summary>
    public bool Draining => draining;

    /// <summary>True once the registry of workers has this one.</summary>
    public bool Registered => registered;

    /// <summary>Attempts that ended so since the process began.</summary>
    public long Ended(AttemptEnding ending) => Volatile.Read(ref endings[(int)ending]);

    /// <summary>The name of this process's worker: host, process, and a chance part, since containers may agree in the first two.</summary>
    public static string NameOf(ServerOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"{(options.Controls ? WorkerIdentity.InControl : "")}{Environment.MachineName}/{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..6]}");

    internal void Begin() => Interlocked.Increment(ref busy);

    internal void End(AttemptEnding ending)
    {
        Interlocked.Increment(ref endings[(int)ending]);
        Interlocked.Decrement(ref busy);
    }

    internal void Drain() => draining = true;

    internal void Register(bool done) => registered = done;
}

public enum AttemptEnding
{
    Completed,

    /// <summary>Given back after a snapshot: nobody wants the job now, or the process stops.</summary>
    Released,

    /// <summary>Another attempt may own the job: this one has written nothing more.</summary>
    Lost,
    Failed,
}
