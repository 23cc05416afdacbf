using Crescent.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Workers;

/// <summary>How this process works on jobs.</summary>
public sealed record WorkerOptions
{
    public const string Section = "Crescent:Worker";

    /// <summary>Jobs run at a time; 0: one for each core, at most two.</summary>
    public int Slots { get; set; }

    /// <summary>Cores that the running jobs share; 0: all.</summary>
    public int Cores { get; set; }

    /// <summary>How long a claim lasts without a heartbeat; the worker gives itself up at 0.8 of it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Heartbeats renew the claim and carry progress and metrics; at most a third of the lease.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between snapshots of a job: the most work that a crash can cost.</summary>
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a free slot looks for a job.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long one call of the blob store may take before it counts as failed.</summary>
    public TimeSpan BlobTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Where kernels run.</summary>
    public WorkerIsolation Isolation { get; set; }

    /// <summary>Memory that one slot offers to its job; jobs that ask for more go elsewhere, and a kernel in a process of its own gets no more. 0: no limit.</summary>
    public int MemoryMiB { get; set; }

    /// <summary>Comma-separated: accelerators that its jobs may use, such as <c>cuda</c>.</summary>
    public string Accelerators { get; set; } = "";

    /// <summary>Comma-separated: free words that jobs may ask for.</summary>
    public string Labels { get; set; } = "";

    public int EffectiveCores => Cores > 0 ? Cores : Environment.ProcessorCount;

    public int EffectiveSlots => Slots > 0 ? Slots : Math.Min(2, EffectiveCores);

    public WorkerCapabilities Capabilities(IEnumerable<string> engines) => new()
    {
        Engines = [.. engines],
        MemoryMiB = MemoryMiB > 0 ? MemoryMiB : int.MaxValue,
        Accelerators = List(Accelerators),
        Labels = List(Labels),
    };

    private static string[] List(string words) => words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

public enum WorkerIsolation
{
    /// <summary>Each on a thread of the worker's process.</summary>
    Thread,

    /// <summary>Each in a process of its own, whose death (a crash, too little memory) ends the attempt only.</summary>
    Process,
}

public sealed class WorkerOptionsValidator : IValidateOptions<WorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        var problems = new List<string>();
        if (options.Slots is < 0 or > 256)
        {
            problems.Add($"{WorkerOptions.Section}:Slots is {options.Slots}; set 1 to 256, or 0 for one slot a core.");
        }

        if (options.Cores is < 0 or > 1024)
        {
            problems.Add($"{WorkerOptions.Section}:Cores is {options.Cores}; set 1 to 1024, or 0 for all.");
        }

        if (options.Lease < TimeSpan.FromSeconds(1))
        {
            problems.Add($"{WorkerOptions.Section}:Lease is {options.Lease}; set at least 00:00:01.");
        }

        if (options.HeartbeatInterval < TimeSpan.FromMilliseconds(20) || options.HeartbeatInterval > options.Lease / 3)
        {
            problems.Add($"{WorkerOptions.Section}:HeartbeatInterval is {options.HeartbeatInterval}; set 00:00:00.020 or more, and at most a third of the lease ({options.Lease / 3}).");
        }

        if (options.SnapshotInterval < TimeSpan.Zero)
        {
            problems.Add($"{WorkerOptions.Section}:SnapshotInterval is {options.SnapshotInterval}; set 00:00:00 (a snapshot at each step) or more.");
        }

        if (!Enum.IsDefined(options.Isolation))
        {
            problems.Add($"{WorkerOptions.Section}:Isolation is {options.Isolation}; write thread or process.");
        }

        if (options.BlobTimeout < TimeSpan.FromSeconds(1))
        {
            problems.Add($"{WorkerOptions.Section}:BlobTimeout is {options.BlobTimeout}; set at least 00:00:01.");
        }

        if (options.MemoryMiB < 0)
        {
            problems.Add($"{WorkerOptions.Section}:MemoryMiB is {options.MemoryMiB}; set the MiB that a slot offers, or 0 for no limit.");
        }

        if (options.PollInterval < TimeSpan.FromMilliseconds(10))
        {
            problems.Add($"{WorkerOptions.Section}:PollInterval is {options.PollInterval}; set at least 00:00:00.010.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
