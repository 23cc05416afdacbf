using System.Text.Json.Serialization;
using Crescent.Abstractions.Runs;

namespace Crescent.Grains.Experiments;

/// <summary>Something that the plan has to react to. Carries its time, so that a decision depends on nothing else; every one that changes something is kept in the event log, which can therefore be replayed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "input")]
[JsonDerivedType(typeof(StartRequested), "start-requested")]
[JsonDerivedType(typeof(PauseRequested), "pause-requested")]
[JsonDerivedType(typeof(ResumeRequested), "resume-requested")]
[JsonDerivedType(typeof(CancelRequested), "cancel-requested")]
[JsonDerivedType(typeof(CodeChanged), "code-changed")]
[JsonDerivedType(typeof(RunReported), "run-reported")]
[JsonDerivedType(typeof(RunSubscribed), "run-subscribed")]
[JsonDerivedType(typeof(RunRefused), "run-refused")]
[JsonDerivedType(typeof(RunDetached), "run-detached")]
public abstract record ExperimentInput(DateTimeOffset At);

public sealed record StartRequested(DateTimeOffset At) : ExperimentInput(At);

public sealed record PauseRequested(DateTimeOffset At) : ExperimentInput(At);

public sealed record ResumeRequested(DateTimeOffset At) : ExperimentInput(At);

public sealed record CancelRequested(DateTimeOffset At) : ExperimentInput(At);

/// <summary>The server came back with other kernels.</summary>
public sealed record CodeChanged(DateTimeOffset At, string Code) : ExperimentInput(At);

/// <summary>A run's job has committed an outcome, or failed for good.</summary>
/// <param name="Run">Name inside the experiment.</param>
public sealed record RunReported(DateTimeOffset At, string Run, RunReport Report) : ExperimentInput(At);

/// <summary>A start was carried out.</summary>
public sealed record RunSubscribed(DateTimeOffset At, string Run, long Command, string JobKey, bool Cached) : ExperimentInput(At);

/// <summary>A start cannot be carried out, now or later.</summary>
public sealed record RunRefused(DateTimeOffset At, string Run, long Command, string Code, string Message) : ExperimentInput(At);

/// <summary>A stop was carried out: the run has no live job any more.</summary>
public sealed record RunDetached(DateTimeOffset At, string Run, long Command) : ExperimentInput(At);
