using System.Text.Json.Serialization;
using Crescent.Abstractions.Runs;

namespace Crescent.Grains.Experiments;

/// <summary>Something that the plan has to react to. Carries its time, so that a decision depends on nothing else; every one that changes something is kept in the event log, which can therefore be replayed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "input")]
[JsonDerivedType(typeof(StartRequested), "start-requested")]
[JsonDerivedType(typeof(PauseRequested), "pause-requested")]
[JsonDerivedType(typeof(ResumeRequested), "resume-requested")]
[JsonDerivedType(typeof(CancelRequested), "cancel-requested")]
[JsonDerivedType(typeof(RetryRequested), "retry-requested")]
[JsonDerivedType(typeof(ExtendRequested), "extend-requested")]
[JsonDerivedType(typeof(CodeChanged), "code-changed")]
[JsonDerivedType(typeof(RunReported), "run-reported")]
[JsonDerivedType(typeof(RunSubscribed), "run-subscribed")]
[JsonDerivedType(typeof(RunRefused), "run-refused")]
[JsonDerivedType(typeof(RunDetached), "run-detached")]
public abstract record ExperimentInput(DateTimeOffset At);

/// <param name="Plan"><see cref="ExperimentPlan.Version"/> of the plan that decides this experiment from here on; logs that do not say it are of version 1.</param>
public sealed record StartRequested(DateTimeOffset At, int Plan = 1) : ExperimentInput(At);

/// <summary>What somebody asks of an experiment that is there.</summary>
/// <param name="Number">1, 2, ... within the experiment, as it was accepted; one that was taken in changes nothing when it comes again. 0: not numbered.</param>
public abstract record ExperimentRequest(DateTimeOffset At, long Number) : ExperimentInput(At);

public sealed record PauseRequested(DateTimeOffset At, long Number = 0) : ExperimentRequest(At, Number);

public sealed record ResumeRequested(DateTimeOffset At, long Number = 0) : ExperimentRequest(At, Number);

public sealed record CancelRequested(DateTimeOffset At, long Number = 0) : ExperimentRequest(At, Number);

/// <summary>Runs that failed, and those that were skipped because of them, are to be tried again.</summary>
public sealed record RetryRequested(DateTimeOffset At, long Number = 0) : ExperimentRequest(At, Number);

/// <summary>A finished experiment is to do more. The plan is asked with the extended spec, and with it from then on.</summary>
/// <param name="SpecHash">Hash of the extended spec.</param>
public sealed record ExtendRequested(DateTimeOffset At, long Number, string SpecHash) : ExperimentRequest(At, Number);

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
