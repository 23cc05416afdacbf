using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tasks;

namespace Crescent.Abstractions.Experiments;

/// <summary>
/// One pipeline, resolved: preset applied, every value present. In the document that users write, <c>seed</c>, <c>model</c> and <c>task</c> stand once, at the top; the reader hands them to the run specs of the stages.
/// </summary>
public sealed record ExperimentSpec
{
    /// <summary>Version of this document's shape; 1.</summary>
    public required int Version { get; init; }
    public required string Name { get; init; }
    public required string Question { get; init; }
    public required ulong Seed { get; init; }
    public required TaskSpec Task { get; init; }
    public required DecoderSpec Model { get; init; }
    public required BaseTrainingSpec Base { get; init; }
    public required SftSpec Sft { get; init; }
    public required RecoveryStage Recovery { get; init; }
    public required EvaluationSpec Evaluation { get; init; }
    public required SpectraStage Spectra { get; init; }
    public required InterventionStage Interventions { get; init; }
    public required ClaimsStage Claims { get; init; }

    /// <summary>Where it was forked; null: it trains its own base. Not written by people.</summary>
    public ExperimentOrigin? Origin { get; init; }
}

/// <param name="From">Checkpoints to recover from: steps (<c>300</c>), <c>every-100</c>, <c>best</c> (OOD on the choosing split), <c>end</c>.</param>
/// <param name="Run">Settings of every recovery run.</param>
/// <param name="Controls">Further runs, each different from <paramref name="Run"/> in what it names.</param>
public sealed record RecoveryStage(IReadOnlyList<string> From, RecoverySpec Run, IReadOnlyList<RecoveryControl> Controls);

/// <param name="From">One checkpoint: a step, <c>best</c> or <c>end</c>.</param>
/// <param name="Role"><c>shuffled-reward</c> or <c>both-rules</c>.</param>
/// <param name="Updates">Null: as many as the runs that it is compared with.</param>
public sealed record RecoveryControl(string From, string Role, int? Updates = null);

/// <param name="Pairs">Pairs of checkpoints: <c>base</c>, <c>best</c>, <c>end</c>, <c>sft-300</c>, <c>recovery-300</c>.</param>
public sealed record SpectraStage(IReadOnlyList<CheckpointPair> Pairs, SpectraSpec Run);

public sealed record CheckpointPair(string From, string To);

/// <param name="Source">The checkpoint restored from, usually <c>best</c>.</param>
/// <param name="Target">The checkpoint edited, usually <c>end</c>.</param>
/// <param name="Run">Edits and their evaluation; no edits: no intervention run.</param>
public sealed record InterventionStage(string Source, string Target, InterventionSpec Run);

/// <param name="Step">The SFT step at which the primary recovery claims are read, fixed before running.</param>
public sealed record ClaimsStage(int Step)
{
    /// <summary>The smallest difference that matters for each claim, fixed before running; a claim that is left out keeps the usual one.</summary>
    public IReadOnlyList<StatedCriterion> Criteria { get; init; } = ClaimCriteria.Stated;
}
