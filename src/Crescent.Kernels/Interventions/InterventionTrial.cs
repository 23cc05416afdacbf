using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Interventions;

/// <summary>One edit and its controls. The changes are computed when the first of its models is asked for and let go after the last.</summary>
internal sealed class InterventionTrial(InterventionSpec spec, InterventionEdit edit, TensorSet source, TensorSet target)
{
    private readonly int rotated = edit.Kind == InterventionKind.RestoreDirections ? spec.RandomDraws : 0;
    private readonly int subspaces = edit.Kind == InterventionKind.RestoreDirections ? spec.SubspaceDraws : 0;
    private readonly (TensorSet From, TensorSet Onto) ends = edit.Reverse ? (target, source) : (source, target);
    private (WeightChange Full, WeightChange Change)? held;
    private (double Full, double Change)? norms;

    public int ModelCount => 2 + rotated + spec.GaussianDraws + subspaces;

    /// <summary>Model <paramref name="index"/>: the edit, its rollback W + a (W_s - W), the Haar-rotated draws, the Gaussian, the random subspaces.</summary>
    public TensorSet Model(int index)
    {
        var (full, change) = Changes();
        var first = 2;
        var made = index switch
        {
            0 => change,
            1 => full.Scaled(Scale),
            _ when index < (first += rotated) => change.InRandomDirections(spec.Seed, (uint)(index - 2)),
            _ when index < (first += spec.GaussianDraws) => change.Gaussian(spec.Seed, (uint)(index - (first - spec.GaussianDraws))),
            _ => change.InRandomSubspaces(edit, full, spec.Seed, (uint)(index - first)),
        };
        if (index == ModelCount - 1)
        {
            held = null;
        }

        return made.ApplyTo(ends.Onto);
    }

    /// <summary>Floating-point operations of making model <paramref name="index"/> from the weights at hand.</summary>
    public double Operations(int index) => edit.Tensors(spec.Model).Sum(name =>
    {
        var (rows, columns) = (source[name].Shape[0], source[name].Shape[1]);
        var count = edit.Ranks(Math.Min(rows, columns)).Count;
        return index switch
        {
            0 => EditOperations.Edit(edit.Kind, rows, columns, count),
            1 => 0,
            _ when index < 2 + rotated => EditOperations.Rotated(rows, columns),
            _ when index < 2 + rotated + spec.GaussianDraws => 0,
            _ => EditOperations.Subspaces(rows, columns, count),
        };
    });

    public InterventionOutcome Outcome(IReadOnlyList<EvaluationRecord> records)
    {
        var (full, change) = Norms;
        IReadOnlyList<EvaluationRecord> Draws(int first, int count) => [.. records.Skip(2 + first).Take(count)];
        return new InterventionOutcome(edit, change, full, Scale, change >= full, records[0], records[1], Draws(0, rotated))
        {
            GaussianChanges = Draws(rotated, spec.GaussianDraws),
            RandomSubspaces = Draws(rotated + spec.GaussianDraws, subspaces),
        };
    }

    private (double Full, double Change) Norms
    {
        get
        {
            if (norms is null)
            {
                Changes();
                held = null;
            }

            return norms!.Value;
        }
    }

    /// <summary>1 where the edit moves at least as far as a full copy: a rollback of its norm does not exist.</summary>
    private double Scale => Norms.Change >= Norms.Full ? 1 : Norms.Change / Norms.Full;

    private (WeightChange Full, WeightChange Change) Changes()
    {
        var (full, change) = held ??= (WeightChange.Full(edit, spec.Model, ends.From, ends.Onto), WeightChange.Of(edit, spec.Model, ends.From, ends.Onto));
        norms = (full.Norm, change.Norm);
        return (full, change);
    }
}
