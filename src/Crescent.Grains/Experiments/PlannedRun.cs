using Crescent.Abstractions.Experiments;

namespace Crescent.Grains.Experiments;

/// <summary>A run that the spec calls for, known before anything has run.</summary>
/// <param name="Name">Unique in the experiment: <c>evaluation/sft-300</c>.</param>
/// <param name="Kind">Job kind.</param>
/// <param name="Title">For people.</param>
/// <param name="Priority">The higher, the sooner.</param>
/// <param name="Spec">Writes the job's spec, canonical JSON; null for the report, whose spec depends on what came out.</param>
/// <param name="Inputs">Checkpoints that must be there first.</param>
public sealed record PlannedRun(string Name, string Kind, string Title, int Priority, Func<string>? Spec, IReadOnlyList<PlannedInput> Inputs)
{
    /// <summary>Steps whose checkpoints it wants of its job; null where the job's spec says it.</summary>
    public IReadOnlyList<int>? Checkpoints { get; init; }

    /// <summary>Where its evaluation record stands in the report; null for other kinds.</summary>
    public ReportPlace? Place { get; init; }

    /// <summary>The pair that spectra or interventions look at, as the report names it; null for other kinds.</summary>
    public CheckpointPair? Pair { get; init; }
}

/// <param name="Name">Name of the job's input.</param>
public sealed record PlannedInput(string Name, CheckpointSource Source);

/// <summary>The checkpoint of a run: at a step, or its only one.</summary>
/// <param name="Best">The step is that of the best SFT checkpoint, once it is known.</param>
public sealed record CheckpointSource(string Run, int? Step = null, bool Best = false)
{
    /// <summary>Hash of a checkpoint that another experiment has made; the rest then says nothing. Null: one of this experiment's.</summary>
    public string? Sha256 { get; init; }
}

/// <param name="Role"><c>sft</c>, or the role of the recovery run.</param>
/// <param name="Step">The SFT step of the checkpoint, or of the one that the recovery run started from; null: the best.</param>
public sealed record ReportPlace(string Role, int? Step);
