using Orleans;

namespace Crescent.Abstractions.Runs;

/// <summary>One run of an experiment: base training, SFT, recovery, evaluation, spectra, intervention or report. Keeps its job subscribed and tells its experiment of each outcome. Key: <c>{experiment}/{run}</c>.</summary>
[Alias("crescent.run")]
public interface IRunGrain : IGrainWithStringKey
{
    /// <summary>Subscribes the run to its job. Idempotent.</summary>
    [Alias("start")]
    Task StartAsync(RunStart start, CancellationToken cancellation = default);

    [Alias("pause")]
    Task PauseAsync(CancellationToken cancellation = default);

    [Alias("resume")]
    Task ResumeAsync(CancellationToken cancellation = default);

    [Alias("cancel")]
    Task CancelAsync(CancellationToken cancellation = default);

    /// <summary>Reads what the job has committed since the last time, tells the experiment, then acknowledges. Called when a delivery is pending.</summary>
    [Alias("deliver")]
    Task DeliverAsync(CancellationToken cancellation = default);
}

/// <param name="ExperimentId">The parent, told of outcomes.</param>
/// <param name="Kind">Job kind.</param>
/// <param name="Spec">The job's spec, canonical JSON.</param>
/// <param name="Inputs">Input names to artifact hashes.</param>
[GenerateSerializer, Immutable, Alias("crescent.run-start")]
public sealed record RunStart(
    [property: Id(0)] string ExperimentId,
    [property: Id(1)] string Kind,
    [property: Id(2)] string Spec,
    [property: Id(3)] Dictionary<string, string> Inputs,
    [property: Id(4)] int Priority);

/// <summary>Something that happened to a run.</summary>
/// <param name="Sequence">Outcome number within the run's job; 0 for <c>subscribed</c>, and for <c>failed</c>.</param>
/// <param name="Kind"><c>subscribed</c>, an outcome kind (<c>checkpoint</c>, <c>completed</c>), or <c>failed</c>.</param>
[GenerateSerializer, Immutable, Alias("crescent.run-report")]
public sealed record RunReport(
    [property: Id(0)] string RunId,
    [property: Id(1)] int Sequence,
    [property: Id(2)] string Kind,
    [property: Id(3)] int Step,
    [property: Id(4)] string Payload,
    [property: Id(5)] List<RunReportArtifact> Artifacts,
    [property: Id(6)] string? JobKey,
    [property: Id(7)] bool Cached,
    [property: Id(8)] string? ErrorCode,
    [property: Id(9)] string? Error);

[GenerateSerializer, Immutable, Alias("crescent.run-report-artifact")]
public sealed record RunReportArtifact([property: Id(0)] string Name, [property: Id(1)] string Kind, [property: Id(2)] string Sha256, [property: Id(3)] long Bytes);
