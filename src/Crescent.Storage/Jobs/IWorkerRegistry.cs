namespace Crescent.Storage.Jobs;

/// <summary>Which worker processes are there. For people and for <see cref="IJobQueue.ExplainWaitAsync"/>; no claim depends on it, and leases alone decide who may write.</summary>
public interface IWorkerRegistry
{
    /// <summary>Notes that a worker lives, with how it is now; to be called at its start and then every few seconds. <see cref="WorkerStatus.LastHeartbeat"/> is the store's own time.</summary>
    Task BeatAsync(WorkerStatus worker, CancellationToken cancellation = default);

    /// <summary>Forgets a worker that has stopped. Idempotent.</summary>
    Task RemoveAsync(string name, CancellationToken cancellation = default);

    /// <summary>Workers by name, those that have not been heard of for <see cref="WorkerStatus.ForgottenAfter"/> left out.</summary>
    Task<IReadOnlyList<WorkerStatus>> WorkersAsync(CancellationToken cancellation = default);
}

/// <summary>One worker process.</summary>
/// <param name="Name">Unique among live workers: host, process.</param>
/// <param name="Roles">What the process does, such as <c>control</c>, <c>compute</c>.</param>
/// <param name="Slots">Jobs that it runs at once at most.</param>
/// <param name="Busy">Slots with a job now.</param>
public sealed record WorkerStatus(string Name, string Host, IReadOnlyList<string> Roles, int Slots, int Busy, WorkerState State, string CodeHash, IReadOnlyList<string> Kinds, WorkerCapabilities Capabilities)
{
    /// <summary>A worker that is silent for so long counts as gone: it is not live.</summary>
    public static TimeSpan LiveFor { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan ForgottenAfter { get; } = TimeSpan.FromHours(1);

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset LastHeartbeat { get; init; }

    public bool IsLive(DateTimeOffset now) => LastHeartbeat + LiveFor > now;
}

public enum WorkerState
{
    /// <summary>Claims jobs.</summary>
    Active,

    /// <summary>Finishes or gives back what it has, and claims nothing more.</summary>
    Draining,
}
