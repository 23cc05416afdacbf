using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Interventions;

/// <summary>One edit and its controls: the rollback of the same norm, and draws of random directions beside a restoration of directions.</summary>
internal sealed class InterventionTrial
{
    private readonly InterventionEdit edit;
    private readonly TensorSet target;
    private readonly WeightChange full;
    private readonly WeightChange change;
    private readonly ulong seed;
    private readonly int randomDraws;

    public InterventionTrial(InterventionSpec spec, InterventionEdit edit, TensorSet source, TensorSet target)
    {
        (this.edit, this.target, seed) = (edit, target, spec.Seed);
        randomDraws = edit.Kind == InterventionKind.RestoreDirections ? spec.RandomDraws : 0;
        full = WeightChange.Full(spec.Model, source, target);
        change = WeightChange.Of(edit, spec.Model, source, target);
    }

    public int ModelCount => 2 + randomDraws;

    /// <summary>True where the edit moves at least as far as a full copy: a rollback of its norm does not exist.</summary>
    private bool Saturated => change.Norm >= full.Norm;

    private double RollbackScale => Saturated ? 1 : change.Norm / full.Norm;

    /// <summary>The models to evaluate, built when asked for: the edit, its rollback W + a (W_s - W), the draws.</summary>
    public IEnumerable<Func<TensorSet>> Models() =>
    [
        () => change.ApplyTo(target),
        () => full.Scaled(RollbackScale).ApplyTo(target),
        .. Enumerable.Range(0, randomDraws).Select(draw => (Func<TensorSet>)(() => change.InRandomDirections(seed, (uint)draw).ApplyTo(target))),
    ];

    public InterventionOutcome Outcome(IReadOnlyList<EvaluationRecord> records) =>
        new(edit, change.Norm, full.Norm, RollbackScale, Saturated, records[0], records[1], [.. records.Skip(2)]);
}
