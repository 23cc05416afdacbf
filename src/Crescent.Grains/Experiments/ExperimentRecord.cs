using Crescent.Grains.State;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Experiments;

/// <summary>What the experiment's grain stores, in one write: the state, and what is decided but not carried out yet.</summary>
[StoredAs("crescent.experiment", 2)]
public sealed record ExperimentRecord
{
    public ExperimentState State { get; init; } = new();

    /// <summary>Events that the log may not have yet.</summary>
    public IReadOnlyList<ExperimentEvent> Events { get; init; } = [];

    /// <summary>Commands that the runs may not have carried out yet, in order.</summary>
    public IReadOnlyList<RunCommand> Commands { get; init; } = [];

    /// <summary>Content hash of the kernels that the running jobs were made for; null before the first start.</summary>
    public string? Code { get; init; }

    /// <summary>The record after a decision, less the command that led to it.</summary>
    public ExperimentRecord After(ExperimentDecision decision, long? carriedOut) => this with
    {
        State = decision.State,
        Events = [.. Events, .. decision.Events],
        Commands = [.. Commands.Where(command => command.Number != carriedOut), .. decision.Commands],
    };
}
