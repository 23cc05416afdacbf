namespace Crescent.Kernels.Jobs;

/// <summary>A computation that a worker runs for a claimed job. Stateless; one instance serves many jobs at a time.</summary>
public interface IKernel
{
    /// <summary>The <see cref="JobKinds"/> entry it serves.</summary>
    string Kind { get; }

    /// <summary>
    /// Runs the job from its snapshot, or from the start, to its end, on the calling thread. The artifacts' bytes depend on the job's spec and inputs only, never on when snapshots were taken or where the job was resumed.
    /// </summary>
    /// <exception cref="OperationCanceledException">The job was told to stop.</exception>
    /// <exception cref="CrescentException">The job cannot be done.</exception>
    void Run(IJobContext job);
}

/// <summary>What a kernel may see and do: its spec, its inputs, its snapshot, and commits. Kernels do no other input or output.</summary>
public interface IJobContext
{
    /// <summary>The job's own spec; canonical JSON, see <see cref="JobJson"/>.</summary>
    string Spec { get; }

    /// <summary>Names of the inputs, sorted ordinally.</summary>
    IReadOnlyList<string> InputNames { get; }

    /// <summary>SHA-256 of an input, lower-case hex.</summary>
    string InputHash(string name);

    /// <summary>Opens an input. Its hash has been verified.</summary>
    /// <exception cref="CrescentException"><c>artifact-missing</c>, <c>artifact-damaged</c>.</exception>
    Stream OpenInput(string name);

    /// <summary>Which checkpoints are wanted of a job whose spec does not say it. Read it at step boundaries: it changes while the job runs.</summary>
    CheckpointSchedule Schedule { get; }

    /// <summary>The committed snapshot to go on from, or null to start from zero.</summary>
    Stream? OpenSnapshot();

    /// <summary>How many threads the kernel may use now; read it at each step.</summary>
    int Threads { get; }

    /// <summary>True when it is time to commit a snapshot (by elapsed time, or because the job is told to stop). Look at step boundaries.</summary>
    bool SnapshotDue { get; }

    /// <summary>Throws <see cref="OperationCanceledException"/> once the job is told to stop. Call it at step boundaries, after committing a due snapshot.</summary>
    void ThrowIfStopped();

    /// <summary>Makes a snapshot, artifacts and outcomes durable, all or nothing. Repeating a commit after a resume is a no-op when the bytes agree.</summary>
    /// <exception cref="CrescentException"><c>lease-lost</c>: another attempt owns the job; <c>not-deterministic</c>: an outcome came again with other bytes.</exception>
    void Commit(JobCommit commit);

    /// <summary>Tells how far the job is. Cheap; call it at every step.</summary>
    void Progress(JobProgress progress);

    /// <summary>Records a metric. Points are durable no later than the next commit; a point that comes again after a resume is a no-op.</summary>
    void Metric(string name, int step, double value);
}

/// <summary>One durable write of a job.</summary>
public sealed record JobCommit
{
    /// <summary>Writes the snapshot; null leaves the last one in place.</summary>
    public Action<Stream>? Snapshot { get; init; }

    /// <summary>The step that the snapshot continues from.</summary>
    public int Step { get; init; }

    /// <summary>What the job has to tell; an outcome's (kind, step) is unique in a job.</summary>
    public IReadOnlyList<JobOutcomeDraft> Outcomes { get; init; } = [];
}

/// <param name="Kind">See <see cref="OutcomeKinds"/>.</param>
/// <param name="Step">Training step or update that it belongs to; 0 where there is none.</param>
/// <param name="Payload">A small JSON object for the plan and for lists; at most 64 KiB.</param>
/// <param name="Artifacts">Written before the outcome becomes visible.</param>
public sealed record JobOutcomeDraft(string Kind, int Step, string Payload, IReadOnlyList<ArtifactDraft> Artifacts);

/// <param name="Name">Unique in the job: <c>checkpoint-300.safetensors</c>. Letters, digits, '.', '-', '_'.</param>
/// <param name="Kind">See <see cref="ArtifactKinds"/>.</param>
/// <param name="Write">Writes the bytes; may be called more than once and writes the same each time.</param>
public sealed record ArtifactDraft(string Name, string Kind, string MediaType, Action<Stream> Write);

/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Unit"><c>steps</c>, <c>updates</c>, <c>episodes</c>, <c>matrices</c>, ...</param>
/// <param name="Rate">Units per second, lately; null while unknown.</param>
/// <param name="Note">The latest figures in a few words: <c>loss 0.412</c>.</param>
public sealed record JobProgress(long Done, long Total, string Unit, double? Rate = null, string? Note = null);

public static class JobKinds
{
    public const string BaseTraining = "base-training";
    public const string Sft = "sft";
    public const string Recovery = "recovery";
    public const string Evaluation = "evaluation";
    public const string Spectra = "spectra";
    public const string Intervention = "intervention";
    public const string Report = "report";

    public static IReadOnlyList<string> All { get; } = [BaseTraining, Sft, Recovery, Evaluation, Spectra, Intervention, Report];
}

public static class OutcomeKinds
{
    /// <summary>Weights at a step; the artifact <c>checkpoint-{step}.safetensors</c>, and after it <c>value-head-{step}.safetensors</c> where there is a critic.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The job is done; its last outcome.</summary>
    public const string Completed = "completed";
}

public static class ArtifactKinds
{
    public const string Checkpoint = "checkpoint";
    public const string ValueHead = "value-head";
    public const string EvaluationRecord = "evaluation-record";
    public const string Spectra = "spectra";
    public const string Intervention = "intervention";
    public const string Figure = "figure";
    public const string Report = "report";
    public const string Result = "result";
    public const string Snapshot = "snapshot";
}
