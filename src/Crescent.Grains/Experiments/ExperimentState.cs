using Crescent.Abstractions.Experiments;

namespace Crescent.Grains.Experiments;

/// <summary>Everything that the plan has decided and learnt. Small: hashes and summaries, never weights.</summary>
public sealed record ExperimentState
{
    public string Phase { get; init; } = Phases.Pending;

    /// <summary>Version of the plan that decides this experiment.</summary>
    public int Plan { get; init; } = 1;

    /// <summary>Hash of the spec in force; null: the one that was submitted.</summary>
    public string? SpecHash { get; init; }

    /// <summary>In the order of lists; empty before the start.</summary>
    public IReadOnlyList<RunState> Runs { get; init; } = [];

    /// <summary>The best SFT checkpoint by OOD accuracy on the choosing split; null until all are evaluated.</summary>
    public int? BestStep { get; init; }

    /// <summary>Sequence of the last event.</summary>
    public long LastEvent { get; init; }

    /// <summary>Number of the last command given to a run.</summary>
    public long LastCommand { get; init; }

    /// <summary>Number of the last request taken in.</summary>
    public long LastRequest { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
}

/// <summary>One run as the plan knows it.</summary>
public sealed record RunState
{
    /// <summary>Unique in the experiment: <c>evaluation/sft-300</c>.</summary>
    public required string Name { get; init; }
    public string Phase { get; init; } = Phases.Pending;

    /// <summary>Number of the last command given to it; 0: none yet.</summary>
    public long Command { get; init; }

    /// <summary>Number of the last command of the experiment when this run was last set back. What a job reports under an earlier one belongs to what was given up, and is ignored.</summary>
    public long SetBackAt { get; init; }
    public string? JobKey { get; init; }
    public bool Cached { get; init; }

    /// <summary>Number of the last outcome taken in; later ones are new.</summary>
    public int LastOutcome { get; init; }

    /// <summary>The job has said that it is done. The run ends once its checkpoints are all there too: a job that others share may make some of them later.</summary>
    public bool Completed { get; init; }

    /// <summary>Checkpoints that it has made so far, in that order.</summary>
    public IReadOnlyList<CheckpointState> Checkpoints { get; init; } = [];

    /// <summary>Hash of the record that it ended with (evaluation, spectra, interventions).</summary>
    public string? Record { get; init; }

    /// <summary>Payload of the last outcome, unless it is long.</summary>
    public string? Summary { get; init; }

    /// <summary>Why it failed or was skipped.</summary>
    public string? Error { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Sequence of the last event that concerns it.</summary>
    public long LastEvent { get; init; }
}

public sealed record CheckpointState(int Step, string Sha256);
