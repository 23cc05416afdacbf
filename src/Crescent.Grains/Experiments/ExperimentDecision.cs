using Crescent.Storage.Experiments;

namespace Crescent.Grains.Experiments;

/// <summary>What the plan makes of an input: the next state, and what to do about it. Both are stored in one write; the actions are then carried out, again after a crash, in order for each run.</summary>
public sealed record ExperimentDecision(ExperimentState State, IReadOnlyList<ExperimentEvent> Events, IReadOnlyList<RunCommand> Commands)
{
    /// <summary>True where the input was new.</summary>
    public bool Changes => Events.Count > 0;

    /// <summary>Why a request cannot be met, with the cure; null where it can, or has been.</summary>
    public string? Refusal { get; init; }
}

public enum RunCommandKind
{
    /// <summary>Subscribe the run to its job.</summary>
    Start,

    /// <summary>Detach the run from its job.</summary>
    Stop,
}

/// <param name="Number">1, 2, ... within the experiment; the run ignores commands older than its last.</param>
/// <param name="Run">Name inside the experiment.</param>
public sealed record RunCommand(long Number, string Run, RunCommandKind Kind);
