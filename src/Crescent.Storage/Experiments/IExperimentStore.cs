namespace Crescent.Storage.Experiments;

/// <summary>What lists, pages and followers read: experiments, their runs and their event log. Written by the experiment's grain alone, except for the row that a submit creates.</summary>
public interface IExperimentStore
{
    /// <summary>Makes a submit durable: the experiment's row and its spec, before anything starts. The same idempotency key with the same content gives the first experiment again; with other content <c>idempotency-conflict</c> is thrown.</summary>
    Task<ExperimentRow> CreateAsync(ExperimentRow experiment, string spec, IdempotencyKey? key, CancellationToken cancellation = default);

    /// <summary>The resolved spec, canonical JSON.</summary>
    Task<string> ReadSpecAsync(string specHash, CancellationToken cancellation = default);

    /// <summary>Appends events and updates the rows of the experiment and of its runs in one transaction. Idempotent: events whose sequence is there already are skipped, and rows change only where <c>last_seq</c> is smaller.</summary>
    Task AppendAsync(ExperimentRow experiment, IReadOnlyList<RunRow> runs, IReadOnlyList<ExperimentEvent> events, CancellationToken cancellation = default);

    Task<ExperimentRow?> FindAsync(string experimentId, CancellationToken cancellation = default);

    /// <summary>Newest first; <paramref name="cursor"/> is opaque.</summary>
    Task<ExperimentPage> ListAsync(int limit, string? cursor, CancellationToken cancellation = default);

    /// <summary>In the order of their start, each with its job as it stands now.</summary>
    Task<IReadOnlyList<RunRow>> RunsAsync(string experimentId, CancellationToken cancellation = default);

    /// <summary>Events after a sequence number, rising.</summary>
    Task<IReadOnlyList<ExperimentEvent>> EventsAsync(string experimentId, long after, int limit, CancellationToken cancellation = default);

    /// <summary>Experiments that are neither succeeded, failed nor cancelled, or that have requests to take in.</summary>
    Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation = default);

    /// <summary>Artifacts of the outcomes of all runs of the experiment, in commit order.</summary>
    Task<IReadOnlyList<RunArtifact>> ArtifactsAsync(string experimentId, CancellationToken cancellation = default);

    /// <summary>Sums of metrics over the steps of each run that has any, by run and name.</summary>
    Task<IReadOnlyList<MetricSum>> MetricSumsAsync(string experimentId, IReadOnlyList<string> names, CancellationToken cancellation = default);

    /// <summary>Metric points of a run, by name and step.</summary>
    Task<IReadOnlyList<Jobs.MetricPoint>> MetricsAsync(string runId, CancellationToken cancellation = default);
}

/// <param name="Phase">pending, running, pausing, paused, cancelling, cancelled, succeeded, failed.</param>
/// <param name="LastSequence">Sequence of the last event that the row reflects; 0 right after the submit.</param>
/// <param name="Origin">The checkpoint of another experiment that it was forked from, JSON; null: none.</param>
/// <param name="Study">The study that it belongs to; null: none.</param>
public sealed record ExperimentRow(
    string Id, string Name, string Question, string SpecHash, string Phase, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? Error, long LastSequence, string? Origin = null, string? Study = null);

public sealed record ExperimentPage(IReadOnlyList<ExperimentRow> Experiments, string? NextCursor);

/// <param name="RunId"><c>{experiment}/{run}</c>: <c>e42/recovery/300</c>.</param>
/// <param name="Title">For people: <c>RL from step 300</c>.</param>
/// <param name="JobKey">Null until the run has a job.</param>
/// <param name="Summary">Payload of its last outcome; null before.</param>
/// <param name="Job">The job as it stands now; filled in by reads, ignored by writes.</param>
public sealed record RunRow(
    string RunId, string ExperimentId, int Order, string Kind, string Title, string Phase, string? JobKey, bool Cached, string? Summary, string? Error, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, Jobs.JobView? Job = null);

/// <param name="Sequence">1, 2, ... within the experiment, without gaps; the SSE id.</param>
/// <param name="Type"><c>experiment-started</c>, <c>run-started</c>, <c>checkpoint</c>, <c>run-succeeded</c>, ...</param>
/// <param name="Payload">JSON object.</param>
public sealed record ExperimentEvent(long Sequence, string Type, DateTimeOffset At, string Payload);

public sealed record RunArtifact(string RunId, string RunKind, int Step, Jobs.ArtifactReference Artifact);

/// <summary>The sum of one metric over the steps of a run.</summary>
public sealed record MetricSum(string RunId, string Name, double Value);
