using Crescent.Kernels.Models;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Interventions;

public enum InterventionKind
{
    /// <summary>The source's singular values on the target's singular vectors.</summary>
    RestoreValues,

    /// <summary>The source's change inside its singular subspaces of the range, then the target's singular values put back: W + P_U (W_s - W) P_V.</summary>
    RestoreDirections,

    /// <summary>The source's singular vectors swapped in by index, as the original did; flagged when it moves further than a full copy.</summary>
    SwapDirections,
}

/// <summary>Which ranks an edit touches, counted from the largest singular value.</summary>
public enum RankRange
{
    Head,
    Middle,
    Tail,
}

/// <summary>Which matrices of a block an edit touches.</summary>
public enum EditedMatrices
{
    All,
    Attention,
    FeedForward,
    Q,
    K,
    V,
    O,
    Gate,
    Up,
    Down,
}

/// <summary>One edit of the block matrices (q, k, v, o, gate, up, down); embedding, head and gains stay.</summary>
/// <param name="RankShare">Share of the rank, over 0 and under 1; for values also 1, all of them.</param>
public sealed record InterventionEdit(InterventionKind Kind, double RankShare)
{
    public RankRange Range { get; init; } = RankRange.Head;
    public EditedMatrices Matrices { get; init; } = EditedMatrices.All;

    /// <summary>First layer of the band, from 0.</summary>
    public int FirstLayer { get; init; }

    /// <summary>Last layer of the band; null: the last of the model.</summary>
    public int? LastLayer { get; init; }

    /// <summary>True: the source is edited towards the target, to see whether the change alone does the damage.</summary>
    public bool Reverse { get; init; }

    /// <summary>Names of the tensors it edits, in canonical order.</summary>
    public IEnumerable<string> Tensors(DecoderSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return from layer in Enumerable.Range(0, model.Layers)
               where layer >= FirstLayer && layer <= (LastLayer ?? model.Layers - 1)
               from part in DecoderLayout.BlockMatrices
               where Touches(part)
               select DecoderLayout.Block(layer, part);
    }

    /// <summary>First index and number of the ranks it touches in a matrix of that short side.</summary>
    /// <exception cref="CrescentException"><c>rank-trivial</c>.</exception>
    public (int First, int Count) Ranks(int shortSide)
    {
        var count = Kind == InterventionKind.RestoreValues && RankShare == 1 ? shortSide : LeadingRank.Of(RankShare, shortSide, "edits.rankShare");
        return (Range switch { RankRange.Head => 0, RankRange.Tail => shortSide - count, _ => (shortSide - count) / 2 }, count);
    }

    private bool Touches(string part) => Matrices switch
    {
        EditedMatrices.All => true,
        EditedMatrices.Attention => part.StartsWith("self_attn.", StringComparison.Ordinal),
        EditedMatrices.FeedForward => part.StartsWith("mlp.", StringComparison.Ordinal),
        _ => part.EndsWith($".{Matrices.ToString().ToLowerInvariant()}_proj", StringComparison.Ordinal),
    };
}
