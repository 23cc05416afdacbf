using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Interventions;

/// <summary>A change of the block matrices (q, k, v, o, gate, up, down) of a model; embedding, head and gains keep the target's values.</summary>
public sealed class WeightChange
{
    private readonly IReadOnlyList<(string Name, DoubleMatrix Delta)> deltas;

    private WeightChange(IReadOnlyList<(string Name, DoubleMatrix Delta)> deltas)
    {
        this.deltas = deltas;
        Norm = Math.Sqrt(deltas.Sum(delta => delta.Delta.SquaredNorm()));
    }

    /// <summary>Frobenius norm over all matrices.</summary>
    public double Norm { get; }

    /// <summary>From the target all the way to the source.</summary>
    public static WeightChange Full(DecoderSpec model, TensorSet source, TensorSet target) => Of(model, source, target, (s, w) => s.Plus(-1, w));

    /// <exception cref="CrescentException"><c>rank-trivial</c>, <c>spec-invalid</c>, <c>not-finite</c>.</exception>
    public static WeightChange Of(InterventionEdit edit, DecoderSpec model, TensorSet source, TensorSet target)
    {
        ArgumentNullException.ThrowIfNull(edit);
        return Of(model, source, target, (s, w) => edit.Kind switch
        {
            InterventionKind.RestoreValues => RestoreValues(s, w),
            InterventionKind.RestoreDirections => RestoreDirections(s, w, Rank(edit, w)),
            InterventionKind.SwapDirections => SwapDirections(s, w, Rank(edit, w)),
            _ => throw new CrescentException("spec-invalid", $"edits: {edit.Kind} is unknown."),
        });
    }

    public WeightChange Scaled(double factor) => new([.. deltas.Select(delta => (delta.Name, delta.Delta.Copy().Scale(factor)))]);

    /// <summary>The same singular values, and so the same norm, matrix by matrix, in Haar-distributed directions.</summary>
    public WeightChange InRandomDirections(ulong seed, uint draw) => new([.. deltas.Select((delta, index) => (delta.Name, Rotated(delta.Delta, seed, (uint)index, draw)))]);

    /// <summary>The target with the change, in float32.</summary>
    public TensorSet ApplyTo(TensorSet target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var byName = deltas.ToDictionary(delta => delta.Name, delta => delta.Delta, StringComparer.Ordinal);
        return new TensorSet([.. target.Tensors.Select(tensor => byName.TryGetValue(tensor.Name, out var delta) ? DoubleMatrix.From(tensor).Plus(1, delta).ToTensor(tensor.Name) : tensor)]);
    }

    private static WeightChange Of(DecoderSpec model, TensorSet source, TensorSet target, Func<DoubleMatrix, DoubleMatrix, DoubleMatrix> delta)
    {
        ArgumentNullException.ThrowIfNull(model);
        var names = Enumerable.Range(0, model.Layers).SelectMany(layer => DecoderLayout.BlockMatrices.Select(part => DecoderLayout.Block(layer, part)));
        return new WeightChange([.. names.Select(name => (name, delta(DoubleMatrix.From(source[name]), DoubleMatrix.From(target[name]))))]);
    }

    private static int Rank(InterventionEdit edit, DoubleMatrix w) => LeadingRank.Of(edit.RankShare, Math.Min(w.Rows, w.Columns), "edits.rankShare");

    /// <summary>U diag(sigma_s) V^T - W.</summary>
    private static DoubleMatrix RestoreValues(DoubleMatrix source, DoubleMatrix w)
    {
        var values = SingularValueDecomposition.ValuesOf(source);
        return SingularValueDecomposition.Of(w).Compose(values, values.Length).Plus(-1, w);
    }

    /// <summary>W + P_U (W_s - W) P_V with the projectors on the source's leading k singular vectors, then W's singular values put back.</summary>
    private static DoubleMatrix RestoreDirections(DoubleMatrix source, DoubleMatrix w, int k)
    {
        var leading = SingularValueDecomposition.Of(source);
        var (u, v) = (leading.Left.Head(k), leading.Right.Head(k));
        var inside = u.Transposed().Times(u.Times(source.Plus(-1, w)).TimesTransposed(v).Times(v));
        var values = SingularValueDecomposition.ValuesOf(w);
        return SingularValueDecomposition.Of(w.Plus(1, inside)).Compose(values, values.Length).Plus(-1, w);
    }

    /// <summary>Replaces each of the leading k vector pairs of W by the source's of that index, as the original study did. The two bases are not orthogonal to each other, so this may move further than a copy.</summary>
    private static DoubleMatrix SwapDirections(DoubleMatrix source, DoubleMatrix w, int k)
    {
        var (from, to) = (SingularValueDecomposition.Of(source), SingularValueDecomposition.Of(w));
        return from.Compose(to.Values, k).Plus(-1, to.Compose(to.Values, k));
    }

    private static DoubleMatrix Rotated(DoubleMatrix delta, ulong seed, uint index, uint draw)
    {
        var values = SingularValueDecomposition.ValuesOf(delta);
        RandomKey Key(uint side) => new(seed, RandomPurpose.InterventionControl, index, (draw * 2) + side);
        return RandomMatrix.OrthonormalRows(values.Length, delta.Rows, Key(0)).ScaleRows(values).Transposed().Times(RandomMatrix.OrthonormalRows(values.Length, delta.Columns, Key(1)));
    }
}
