using Crescent.Chaos.Faults;

namespace Crescent.Chaos.Histories;

/// <summary>Everything that the processes have left, and what those who called them were told.</summary>
public sealed record History
{
    public IReadOnlyList<ExperimentFact> Experiments { get; init; } = [];

    public IReadOnlyList<EventFact> Events { get; init; } = [];

    public IReadOnlyList<RunFact> Runs { get; init; } = [];

    public IReadOnlyList<JobFact> Jobs { get; init; } = [];

    public IReadOnlyList<AttemptFact> Attempts { get; init; } = [];

    public IReadOnlyList<OutcomeFact> Outcomes { get; init; } = [];

    public IReadOnlyList<ArtifactFact> Artifacts { get; init; } = [];

    public IReadOnlyList<SubscriptionFact> Subscriptions { get; init; } = [];

    /// <summary>Blobs that rows refer to, and what is the matter with them: missing, damaged; those that are well are not listed.</summary>
    public IReadOnlyDictionary<string, string> BadBlobs { get; init; } = new Dictionary<string, string>();

    /// <summary>Submits that a client was told were accepted.</summary>
    public IReadOnlyList<SubmitFact> Submits { get; init; } = [];

    /// <summary>What followers of the event stream received, in that order, across all their connections.</summary>
    public IReadOnlyList<EventFact> Followed { get; init; } = [];

    /// <summary>What workers were told.</summary>
    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];
}

public sealed record ExperimentFact(string Id, string Phase, long LastSequence);

public sealed record EventFact(string Experiment, long Sequence, string Type, string Payload);

public sealed record RunFact(string Id, string Experiment, string Kind, string Phase, string? JobKey);

/// <param name="LeaseUntil">Ticks, UTC.</param>
/// <param name="Scheduled">Subscribers say which checkpoints it makes, also after its end.</param>
public sealed record JobFact(long Id, string Key, string Kind, string Phase, long Epoch, string? Owner, long? LeaseUntil, int Outcomes, bool Scheduled = false);

public sealed record AttemptFact(long Job, long Epoch, string Owner, string? Ending);

/// <param name="Id">Commit order over all jobs.</param>
public sealed record OutcomeFact(long Id, long Job, int Sequence, string Kind, int Step, long Epoch);

/// <param name="Snapshot">True: a row of a snapshot; false: of the catalog.</param>
public sealed record ArtifactFact(long Job, int Sequence, string Name, string Kind, string Sha256, bool Snapshot);

public sealed record SubscriptionFact(string Run, long Job, bool Active, int Acknowledged, bool Pending);

/// <param name="Key">The idempotency key.</param>
/// <param name="Spec">Which spec it was: equal ones must give equal results.</param>
public sealed record SubmitFact(string Key, string Experiment, string Spec);

/// <summary>One look at the job table in the middle of a run.</summary>
/// <param name="At">Ticks, UTC, by the clock of the cluster.</param>
/// <param name="ControlSince">Ticks, UTC: since when a control process has been serving, by the same clock; null: none does.</param>
public sealed record LeaseSample(long At, long? ControlSince, IReadOnlyList<JobFact> Jobs);
