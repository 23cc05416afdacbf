using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Interventions;

public enum InterventionKind
{
    /// <summary>The source's singular values on the target's singular vectors.</summary>
    RestoreValues,

    /// <summary>The source's change inside its leading singular subspaces, then the target's singular values put back: W + P_U (W_s - W) P_V.</summary>
    RestoreDirections,

    /// <summary>The source's singular vectors swapped in by index, as the original did; flagged when it moves further than a full copy.</summary>
    SwapDirections,
}

/// <summary>
/// Edits the weights of <c>target</c> towards <c>source</c> and evaluates each edit beside its controls. Inputs <c>source</c> and <c>target</c>. Outcome completed: one artifact <c>interventions.json</c> (<see cref="InterventionResult"/>).
/// </summary>
public sealed record InterventionSpec
{
    public required ulong Seed { get; init; }
    public required DecoderSpec Model { get; init; }
    public required IReadOnlyList<InterventionEdit> Edits { get; init; }

    /// <summary>How each edited model is evaluated.</summary>
    public required EvaluationSpec Evaluation { get; init; }

    /// <summary>Draws of the random-direction control beside each restoration of directions.</summary>
    public int RandomDraws { get; init; } = 1;
}

/// <param name="RankShare">Leading share of the rank, over 0 and under 1; 1 for values.</param>
public sealed record InterventionEdit(InterventionKind Kind, double RankShare);

/// <param name="Baselines">The unedited source and target.</param>
public sealed record InterventionResult(string Source, string Target, IReadOnlyList<InterventionOutcome> Outcomes, EvaluationRecord SourceRecord, EvaluationRecord TargetRecord);

/// <param name="ChangeNorm">Frobenius norm of the change over all matrices.</param>
/// <param name="FullNorm">Frobenius norm of source minus target.</param>
/// <param name="RollbackScale">a of the same-norm rollback W + a (W_s - W); 1 where saturated.</param>
/// <param name="Saturated">True where the edit moves at least as far as a full copy of the source.</param>
public sealed record InterventionOutcome(
    InterventionEdit Edit, double ChangeNorm, double FullNorm, double RollbackScale, bool Saturated, EvaluationRecord Record, EvaluationRecord Rollback, IReadOnlyList<EvaluationRecord> RandomDirections);
