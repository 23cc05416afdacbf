using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Spectra;

/// <summary>Which matrix of the model is compared, and the random numbers of its nulls.</summary>
/// <param name="Layer">From 0; -1 for embedding and head.</param>
/// <param name="Index">Its place among the compared matrices; with the seed, the key of its draws.</param>
internal sealed record ComparedMatrix(string Name, int Layer, string Part, int Index)
{
    public const string QueryKey = "q-k";
    public const string OutputValue = "o-v";

    /// <summary>Head of a product; null for a whole matrix.</summary>
    public int? Head { get; init; }

    /// <summary>Rank of a product of thin factors, the size of a head; null: the short side.</summary>
    public int? FullRank { get; init; }

    /// <summary>The matrices in canonical order: embedding and head (layer -1) and each block's.</summary>
    public static IReadOnlyList<ComparedMatrix> Whole(DecoderSpec model)
    {
        var named = DecoderLayout.Tensors(model).Where(tensor => tensor.Shape.Length == 2).Select(tensor => tensor.Name);
        var blocks = Enumerable.Range(0, model.Layers).SelectMany(layer => DecoderLayout.BlockMatrices.Select(part => (Name: DecoderLayout.Block(layer, part), Layer: layer, Part: part)))
            .ToDictionary(block => block.Name, StringComparer.Ordinal);
        return [.. named.Select((name, index) => blocks.TryGetValue(name, out var block) ? new ComparedMatrix(name, block.Layer, block.Part, index) : new ComparedMatrix(name, -1, name[..^".weight".Length], index))];
    }

    /// <summary>The products of every head, layer by layer.</summary>
    /// <param name="first">Index of the first.</param>
    public static IReadOnlyList<ComparedMatrix> Products(DecoderSpec model, int first) =>
    [
        .. from layer in Enumerable.Range(0, model.Layers)
           from head in Enumerable.Range(0, model.Heads)
           from part in new[] { QueryKey, OutputValue }
           select new ComparedMatrix(FormattableString.Invariant($"model.layers.{layer}.self_attn.{part}.{head}"), layer, part, first + (((layer * model.Heads) + head) * 2) + (part == QueryKey ? 0 : 1))
           {
               Head = head,
               FullRank = model.HeadSize,
           },
    ];

    /// <summary>
    /// The matrix out of a checkpoint. A product is W_q^T W_k of the head and its group of keys, the bilinear form of the scores at relative position 0 (rotary embedding turns both factors by R(offset), which leaves subspaces of the
    /// form's invariants alone but makes other offsets other forms), or W_o W_v, what the head writes for what it reads. Both are [hidden, hidden] and do not change when the head's inner basis does.
    /// </summary>
    public DoubleMatrix Of(DecoderSpec model, TensorSet weights)
    {
        if (Head is not { } head)
        {
            return DoubleMatrix.From(weights[Name]);
        }

        var size = model.HeadSize;
        var group = head / (model.Heads / model.KeyValueHeads);
        DoubleMatrix Matrix(string part) => DoubleMatrix.From(weights[DecoderLayout.Block(Layer, part)]);
        return Part == QueryKey
            ? Matrix("self_attn.q_proj").RowRange(head * size, size).TransposedTimes(Matrix("self_attn.k_proj").RowRange(group * size, size))
            : Matrix("self_attn.o_proj").ColumnRange(head * size, size).Times(Matrix("self_attn.v_proj").RowRange(group * size, size));
    }
}
