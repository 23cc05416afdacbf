namespace Crescent.Storage.Jobs;

/// <param name="Name">Unique among live workers: host, process, slot.</param>
/// <param name="Kinds">Job kinds that it can run.</param>
/// <param name="CodeHash">Claims only jobs made for this code.</param>
public sealed record WorkerIdentity(string Name, IReadOnlyList<string> Kinds, string CodeHash)
{
    /// <summary>How the names of workers inside a control process begin: they end with it, and with nothing else.</summary>
    public const string InControl = "control/";

    /// <summary>Claims only jobs whose requirements these meet.</summary>
    public WorkerCapabilities Capabilities { get; init; } = new();
}

/// <summary>What a worker offers to the jobs on one of its slots.</summary>
public sealed record WorkerCapabilities
{
    /// <summary>Names of its engines.</summary>
    public IReadOnlyList<string> Engines { get; init; } = [];

    /// <summary>What one slot may use. No limit unless told.</summary>
    public int MemoryMiB { get; init; } = int.MaxValue;

    /// <summary>Such as <c>cuda</c>.</summary>
    public IReadOnlyList<string> Accelerators { get; init; } = [];

    /// <summary>Free words that jobs may ask for.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public bool Meet(JobRequirements requirements) =>
        (requirements.Engine is null || Engines.Contains(requirements.Engine)) && requirements.MemoryMiB <= MemoryMiB
        && (requirements.Accelerator is null || Accelerators.Contains(requirements.Accelerator)) && requirements.Labels.All(Labels.Contains);
}
