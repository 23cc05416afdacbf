using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Interventions;

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

    /// <summary>Draws of the Haar-rotated control beside each restoration of directions: the edit's singular values in random directions. A claim needs 20.</summary>
    public int RandomDraws { get; init; } = 1;

    /// <summary>Draws of a Gaussian change of equal norm beside every edit.</summary>
    public int GaussianDraws { get; init; }

    /// <summary>Draws of the random-subspace control beside each restoration of directions: the step towards the source inside random subspaces of the same rank, scaled to the edit's norm.</summary>
    public int SubspaceDraws { get; init; }
}

/// <param name="Source">Hash of the checkpoint edited towards.</param>
/// <param name="Target">Hash of the checkpoint edited.</param>
/// <param name="SourceRecord">The unedited source.</param>
/// <param name="TargetRecord">The unedited target.</param>
public sealed record InterventionResult(string Source, string Target, IReadOnlyList<InterventionOutcome> Outcomes, EvaluationRecord SourceRecord, EvaluationRecord TargetRecord);

/// <param name="ChangeNorm">Frobenius norm of the change over the edited matrices.</param>
/// <param name="FullNorm">Frobenius norm of source minus target over them.</param>
/// <param name="RollbackScale">a of the same-norm rollback W + a (W_s - W); 1 where saturated.</param>
/// <param name="Saturated">True where the edit moves at least as far as a full copy of the source.</param>
/// <param name="RandomDirections">Haar-rotated changes.</param>
public sealed record InterventionOutcome(
    InterventionEdit Edit, double ChangeNorm, double FullNorm, double RollbackScale, bool Saturated, EvaluationRecord Record, EvaluationRecord Rollback, IReadOnlyList<EvaluationRecord> RandomDirections)
{
    public IReadOnlyList<EvaluationRecord> GaussianChanges { get; init; } = [];
    public IReadOnlyList<EvaluationRecord> RandomSubspaces { get; init; } = [];
}
