using Orleans;

namespace Crescent.Abstractions.Runs;

/// <summary>
/// One run of an experiment: base training, SFT, recovery, evaluation, spectra, intervention or report. Keeps its job subscribed and tells its experiment of each outcome. Key: <c>{experiment}/{run}</c>.
/// Commands are numbered by the experiment; one with a lower number than the last is late and changes nothing.
/// </summary>
[Alias("crescent.run")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Subscribes the run to its job; again after a stop. Idempotent. Does not call the experiment, which waits for it.</summary>
    [Alias("start")]
    Task<RunStarted> StartAsync(RunStart start, CancellationToken cancellation = default);

    /// <summary>Detaches the run from its job (pause, cancel). Idempotent. Does not call the experiment, which waits for it.</summary>
    [Alias("stop")]
    Task StopAsync(long command, CancellationToken cancellation = default);

    /// <summary>Reads what the job has committed since the last time, tells the experiment, then acknowledges. Called when a delivery is pending.</summary>
    [Alias("deliver")]
    Task DeliverAsync(CancellationToken cancellation = default);
}

/// <param name="Command">Number of the experiment's command.</param>
/// <param name="Kind">Job kind.</param>
/// <param name="Spec">The job's spec, canonical JSON.</param>
/// <param name="Inputs">Input names to artifact hashes.</param>
/// <param name="Priority">The higher, the sooner.</param>
/// <param name="Study">The study that it counts for; null: none.</param>
/// <param name="Checkpoints">Steps whose checkpoints the run wants of its job; null: the job's spec says what it makes.</param>
[GenerateSerializer, Immutable, Alias("crescent.run-start")]
public sealed record RunStart(
    [property: Id(0)] long Command,
    [property: Id(1)] string Kind,
    [property: Id(2)] string Spec,
    [property: Id(3)] Dictionary<string, string> Inputs,
    [property: Id(4)] int Priority,
    [property: Id(5)] string? Study = null,
    [property: Id(6)] List<int>? Checkpoints = null);

/// <summary>What became of a start: a job, or why there is none.</summary>
/// <param name="Cached">The job had succeeded before this run asked for it.</param>
/// <param name="Retryable">The same start may succeed later.</param>
[GenerateSerializer, Immutable, Alias("crescent.run-started")]
public sealed record RunStarted(
    [property: Id(0)] string? JobKey,
    [property: Id(1)] bool Cached,
    [property: Id(2)] string? ErrorCode = null,
    [property: Id(3)] string? Error = null,
    [property: Id(4)] bool Retryable = false);

/// <summary>Something that happened to a run.</summary>
/// <param name="Sequence">Outcome number within the run's job; 0 for <c>failed</c>.</param>
/// <param name="Kind">An outcome kind (<c>checkpoint</c>, <c>completed</c>), or <c>failed</c>.</param>
/// <param name="Command">Number of the last command that the run has carried out; null: not told.</param>
[GenerateSerializer, Immutable, Alias("crescent.run-report")]
public sealed record RunReport(
    [property: Id(0)] string RunId,
    [property: Id(1)] int Sequence,
    [property: Id(2)] string Kind,
    [property: Id(3)] int Step,
    [property: Id(4)] string Payload,
    [property: Id(5)] List<RunReportArtifact> Artifacts,
    [property: Id(6)] string JobKey,
    [property: Id(7)] bool Cached,
    [property: Id(8)] string? ErrorCode = null,
    [property: Id(9)] string? Error = null,
    [property: Id(10)] long? Command = null)
{
    /// <summary><see cref="Kind"/> of a job that has failed for good.</summary>
    public const string Failed = "failed";
}

[GenerateSerializer, Immutable, Alias("crescent.run-report-artifact")]
public sealed record RunReportArtifact([property: Id(0)] string Name, [property: Id(1)] string Kind, [property: Id(2)] string Sha256, [property: Id(3)] long Bytes);
