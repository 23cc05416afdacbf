using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Interventions;

/// <summary>A change of block matrices of a model; all other tensors keep their values.</summary>
public sealed class WeightChange
{
    /// <summary>Sets the keys of further controls apart from those of the Haar-rotated one.</summary>
    private const uint GaussianUse = 0x10000;
    private const uint SubspaceUse = 0x20000;

    private readonly IReadOnlyList<(string Name, DoubleMatrix Delta)> deltas;

    private WeightChange(IReadOnlyList<(string Name, DoubleMatrix Delta)> deltas)
    {
        this.deltas = deltas;
        Norm = Math.Sqrt(deltas.Sum(delta => delta.Delta.SquaredNorm()));
    }

    /// <summary>Frobenius norm over all matrices.</summary>
    public double Norm { get; }

    /// <summary>From the target all the way to the source, in every block matrix.</summary>
    public static WeightChange Full(DecoderSpec model, TensorSet source, TensorSet target) => Full(new InterventionEdit(InterventionKind.RestoreValues, 1), model, source, target);

    /// <summary>The same in the matrices that an edit touches.</summary>
    public static WeightChange Full(InterventionEdit edit, DecoderSpec model, TensorSet source, TensorSet target) => Each(edit, model, source, target, (s, w) => s.Plus(-1, w));

    /// <exception cref="CrescentException"><c>rank-trivial</c>, <c>spec-invalid</c>, <c>not-finite</c>.</exception>
    public static WeightChange Of(InterventionEdit edit, DecoderSpec model, TensorSet source, TensorSet target)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return Each(edit, model, source, target, (s, w) =>
        {
            var (first, count) = edit.Ranks(Math.Min(w.Rows, w.Columns));
            return edit.Kind switch
            {
                InterventionKind.RestoreValues => RestoreValues(s, w, first, count),
                InterventionKind.RestoreDirections => RestoreDirections(s, w, first, count),
                InterventionKind.SwapDirections => SwapDirections(s, w, first, count),
                _ => throw new CrescentException("spec-invalid", $"edits: {edit.Kind} is unknown."),
            };
        });
    }

    public WeightChange Scaled(double factor) => new([.. deltas.Select(delta => (delta.Name, delta.Delta.Copy().Scale(factor)))]);

    /// <summary>The same singular values, and so the same norm, matrix by matrix, in Haar-distributed directions.</summary>
    public WeightChange InRandomDirections(ulong seed, uint draw) => Redrawn((delta, index) => Rotated(delta, seed, index, draw));

    /// <summary>Independent normal entries of the same norm, matrix by matrix.</summary>
    public WeightChange Gaussian(ulong seed, uint draw) => Redrawn((delta, index) =>
        WithNorm(RandomMatrix.Gaussian(delta.Rows, delta.Columns, new RandomKey(seed, RandomPurpose.InterventionControl, index | GaussianUse, draw)), delta.Norm()));

    /// <summary>The full change inside Haar-distributed subspaces of the edit's rank, of the same norm as this change, matrix by matrix.</summary>
    /// <param name="full">The full change of the same matrices.</param>
    public WeightChange InRandomSubspaces(InterventionEdit edit, WeightChange full, ulong seed, uint draw) => Redrawn((delta, index) =>
    {
        var (_, count) = edit.Ranks(Math.Min(delta.Rows, delta.Columns));
        DoubleMatrix Frame(int length, uint side) => RandomMatrix.OrthonormalRows(count, length, new RandomKey(seed, RandomPurpose.InterventionControl, index | SubspaceUse, (draw * 2) + side));
        return WithNorm(Inside(full.deltas[(int)index].Delta, Frame(delta.Rows, 0), Frame(delta.Columns, 1)), delta.Norm());
    });

    /// <summary>The model with the change, in float32.</summary>
    public TensorSet ApplyTo(TensorSet target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var byName = deltas.ToDictionary(delta => delta.Name, delta => delta.Delta, StringComparer.Ordinal);
        return new TensorSet([.. target.Tensors.Select(tensor => byName.TryGetValue(tensor.Name, out var delta) ? DoubleMatrix.From(tensor).Plus(1, delta).ToTensor(tensor.Name) : tensor)]);
    }

    private static WeightChange Each(InterventionEdit edit, DecoderSpec model, TensorSet source, TensorSet target, Func<DoubleMatrix, DoubleMatrix, DoubleMatrix> delta)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return new WeightChange([.. edit.Tensors(model).Select(name => (name, delta(DoubleMatrix.From(source[name]), DoubleMatrix.From(target[name]))))]);
    }

    private WeightChange Redrawn(Func<DoubleMatrix, uint, DoubleMatrix> draw) => new([.. deltas.Select((delta, index) => (delta.Name, draw(delta.Delta, (uint)index)))]);

    private static DoubleMatrix WithNorm(DoubleMatrix matrix, double norm) => matrix.Norm() is var own && own > 0 ? matrix.Scale(norm / own) : matrix;

    /// <summary>U diag(values) V^T - W, where the source's values stand in for those of the range.</summary>
    private static DoubleMatrix RestoreValues(DoubleMatrix source, DoubleMatrix w, int first, int count)
    {
        var decomposition = SingularValueDecomposition.Of(w);
        double[] values = [.. decomposition.Values];
        SingularValueDecomposition.ValuesOf(source).AsSpan(first, count).CopyTo(values.AsSpan(first));
        return decomposition.Compose(values, values.Length).Plus(-1, w);
    }

    /// <summary>W + P_U (W_s - W) P_V with the projectors on the source's singular vectors of the range, then W's singular values put back.</summary>
    private static DoubleMatrix RestoreDirections(DoubleMatrix source, DoubleMatrix w, int first, int count)
    {
        var from = SingularValueDecomposition.Of(source);
        var inside = Inside(source.Plus(-1, w), from.Left.RowRange(first, count), from.Right.RowRange(first, count));
        var values = SingularValueDecomposition.ValuesOf(w);
        return SingularValueDecomposition.Of(w.Plus(1, inside)).Compose(values, values.Length).Plus(-1, w);
    }

    /// <summary>P_U change P_V with the projectors on orthonormal rows.</summary>
    private static DoubleMatrix Inside(DoubleMatrix change, DoubleMatrix u, DoubleMatrix v) => u.TransposedTimes(u.Times(change).TimesTransposed(v).Times(v));

    /// <summary>Replaces each vector pair of the range by the source's of that index, as the original study did. The two bases are not orthogonal to each other, so this may move further than a copy.</summary>
    private static DoubleMatrix SwapDirections(DoubleMatrix source, DoubleMatrix w, int first, int count)
    {
        var (from, to) = (SingularValueDecomposition.Of(source), SingularValueDecomposition.Of(w));
        DoubleMatrix Part(SingularValueDecomposition of) =>
            of.Left.RowRange(first, count).TransposedTimes(of.Right.RowRange(first, count).ScaleRows(to.Values.AsSpan(first, count)));
        return Part(from).Plus(-1, Part(to));
    }

    private static DoubleMatrix Rotated(DoubleMatrix delta, ulong seed, uint index, uint draw)
    {
        var values = SingularValueDecomposition.ValuesOf(delta);
        RandomKey Key(uint side) => new(seed, RandomPurpose.InterventionControl, index, (draw * 2) + side);
        return RandomMatrix.OrthonormalRows(values.Length, delta.Rows, Key(0)).ScaleRows(values).TransposedTimes(RandomMatrix.OrthonormalRows(values.Length, delta.Columns, Key(1)));
    }
}
