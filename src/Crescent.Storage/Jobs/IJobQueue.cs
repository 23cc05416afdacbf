using Crescent.Kernels.Jobs;

namespace Crescent.Storage.Jobs;

/// <summary>The grains' side of the job queue. A job belongs to its key (<see cref="JobRequest.Key"/>); runs subscribe to it. It knows no dependencies between jobs; only the plan does.</summary>
public interface IJobQueue
{
    /// <summary>
    /// Subscribes a run to the job of the request's key and creates the job if there is none. Idempotent by run. A job that succeeded is a hit of the work cache, unless one of its artifacts is missing or damaged: then it is queued again.
    /// A failed job, or one parked without subscribers, is queued again by a new subscription and goes on from its snapshot. The subscriber gets every outcome from the first, also those committed before it came, and those that only others wanted.
    /// A subscriber that wants checkpoints (<see cref="JobRequest.Checkpoints"/>) adds them to what a queued or running job is to commit. A job that has reached its end is queued again for those that it lacks, and is a hit when it lacks none.
    /// </summary>
    Task<JobView> SubscribeAsync(JobRequest request, string runId, int priority, CancellationToken cancellation = default);

    /// <summary>Detaches a run (pause, cancel). A job without subscribers stops at its next step boundary, keeps its snapshot, and is parked. Idempotent.</summary>
    Task UnsubscribeAsync(string runId, CancellationToken cancellation = default);

    /// <summary>Detaches a run that has ended, and forgets what it has acknowledged: should it subscribe again, it is told everything from the first outcome on. Idempotent.</summary>
    Task ForgetAsync(string runId, CancellationToken cancellation = default);

    /// <summary>Runs for which an outcome or a failure waits, in a fair order.</summary>
    Task<IReadOnlyList<string>> PendingRunsAsync(int limit, CancellationToken cancellation = default);

    /// <summary>What the run has not acknowledged yet: outcomes in commit order, then the failure if the job failed. Null when the run has no subscription.</summary>
    Task<JobDelivery?> ReadDeliveryAsync(string runId, CancellationToken cancellation = default);

    /// <summary>Marks everything up to the outcome number, and the failure if told, as consumed by the run. Idempotent; never moves back.</summary>
    Task AcknowledgeAsync(string runId, int sequence, bool failure, CancellationToken cancellation = default);

    Task<JobView?> FindAsync(string key, CancellationToken cancellation = default);

    /// <summary>Sets how many jobs of a study may run at once; null: as many as there are slots. Running jobs are not stopped. Idempotent.</summary>
    Task LimitStudyAsync(string study, int? maxRunning, CancellationToken cancellation = default);

    /// <summary>Why a queued job does not run yet; null for one that is not queued.</summary>
    Task<JobWait?> ExplainWaitAsync(string key, CancellationToken cancellation = default);

    /// <summary>Ends attempts whose lease has expired, and fails jobs past their deadline. The control loop calls it every second, so that neither waits for a claim. Returns how many jobs it changed.</summary>
    Task<int> SweepAsync(CancellationToken cancellation = default);
}

/// <summary>The workers' side of the job queue. Every write is one transaction guarded by owner, epoch and an unexpired lease; a guard that fails throws <c>lease-lost</c>.</summary>
public interface IWorkQueue
{
    /// <summary>Claims the best job that the worker can run under a new epoch, or null: the highest priority, then the study with the fewest running jobs, then age. A study at its limit is passed over; a job whose lease has expired is claimable.</summary>
    Task<JobClaim?> ClaimAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default);

    /// <summary>Renews the lease, stores progress and metrics, and says whether the job is still wanted, and which checkpoints of it.</summary>
    Task<LeaseRenewal> HeartbeatAsync(JobClaim claim, TimeSpan lease, JobProgress? progress, IReadOnlyList<MetricPoint> metrics, CancellationToken cancellation = default);

    /// <summary>
    /// Commits a snapshot, artifact rows, outcomes and metrics in one transaction; the blobs are there already. An outcome that is there already with the same bytes is a no-op; with other bytes the job fails and <c>not-deterministic</c> is thrown.
    /// An outcome of kind completed ends the attempt and makes the job succeed, unless it lacks checkpoints that were wanted after it had passed them: then it is queued again for these, and the commit of the last of them makes it succeed.
    /// The last two snapshots are kept, and those at checkpoints that subscribers wanted.
    /// </summary>
    Task<CommitAnswer> CommitAsync(JobClaim claim, JobCommitRecord commit, CancellationToken cancellation = default);

    /// <summary>
    /// As <see cref="CommitAsync"/> with a commit that completes the job and, in the same transaction, as <see cref="ClaimAsync"/> for the worker's next: a slot waits for one commit between two jobs. Null when there is none, and when the next one was claimed before or has a schedule:
    /// it may have a snapshot, which <see cref="ClaimAsync"/> verifies, and that is not to stand between a commit and its answer. Nothing is claimed when the commit fails. Who does not start the job after all gives it back.
    /// </summary>
    Task<JobClaim?> CompleteAndClaimAsync(JobClaim claim, JobCommitRecord commit, WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default);

    /// <summary>Gives a job back: queued again (drain), or parked when nobody subscribes to it.</summary>
    Task ReleaseAsync(JobClaim claim, CancellationToken cancellation = default);

    /// <summary>Ends an attempt with an error. Retryable and attempts left (only those that committed no snapshot count): queued again after a backoff; otherwise the job fails and keeps the cause.</summary>
    Task FailAsync(JobClaim claim, JobFailure failure, CancellationToken cancellation = default);
}

public enum JobPhase
{
    Queued,
    Running,

    /// <summary>No run subscribes to it; keeps its snapshot.</summary>
    Parked,
    Succeeded,

    /// <summary>The dead letter: keeps its cause, its attempts and its snapshot until a new subscription queues it again.</summary>
    Failed,
}

/// <param name="Hit">True when the job had succeeded before this subscription.</param>
/// <param name="ResumedFrom">Step of the snapshot that the running attempt started from; null: from zero, or not running.</param>
public sealed record JobView(
    string Key, string Kind, JobPhase Phase, bool Hit, int Attempts, long Epoch, string? Owner, JobProgress? Progress, int? SnapshotStep, int? ResumedFrom, JobFailure? Failure);

public sealed record JobFailure(string Code, string Message, bool Retryable);

/// <param name="Outcomes">Not acknowledged yet, rising.</param>
public sealed record JobDelivery(string Key, JobPhase Phase, IReadOnlyList<JobOutcome> Outcomes, JobFailure? Failure);

/// <param name="Sequence">1, 2, ... within the job, in commit order.</param>
public sealed record JobOutcome(int Sequence, string Kind, int Step, string Payload, IReadOnlyList<ArtifactReference> Artifacts);

/// <param name="Sha256">Lower-case hex.</param>
public sealed record ArtifactReference(string Name, string Kind, string MediaType, string Sha256, long Bytes);

/// <param name="Snapshot">The snapshot to go on from: the last one, or that nearest to the first missing checkpoint; null: start from zero.</param>
public sealed record JobClaim(
    string Key, string Kind, string Spec, IReadOnlyDictionary<string, string> Inputs, string Owner, long Epoch, ArtifactReference? Snapshot, int? SnapshotStep)
{
    /// <summary>Which checkpoints are wanted; null: the job's outcomes follow from its spec.</summary>
    public CheckpointSchedule? Schedule { get; init; }
}

/// <param name="Schedule">As of <see cref="JobClaim.Schedule"/>, now.</param>
public sealed record LeaseRenewal(LeaseState State, CheckpointSchedule? Schedule = null);

/// <param name="Ended">The attempt is over: its job has succeeded, or waits for another attempt.</param>
/// <param name="Schedule">As of <see cref="JobClaim.Schedule"/>, now.</param>
public sealed record CommitAnswer(bool Ended, CheckpointSchedule? Schedule = null);

public enum LeaseState
{
    /// <summary>Go on.</summary>
    Held,

    /// <summary>Nobody wants the job now: snapshot, then release.</summary>
    StopRequested,

    /// <summary>Another attempt owns it: stop at once, commit nothing.</summary>
    Lost,
}

public sealed record MetricPoint(string Name, int Step, double Value);

/// <summary>A <see cref="JobCommit"/> whose blobs are written.</summary>
public sealed record JobCommitRecord(ArtifactReference? Snapshot, int Step, IReadOnlyList<JobOutcomeRecord> Outcomes, IReadOnlyList<MetricPoint> Metrics);

public sealed record JobOutcomeRecord(string Kind, int Step, string Payload, IReadOnlyList<ArtifactReference> Artifacts);
