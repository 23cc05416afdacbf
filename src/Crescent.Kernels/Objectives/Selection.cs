namespace Crescent.Kernels.Objectives;

public enum SelectionRule
{
    /// <summary>The k = floor(ratio x tokens) tokens at the chosen end; k = 0 selects none.</summary>
    TopRatio,

    /// <summary>Tokens strictly beyond the quantile of their scope.</summary>
    Quantile,

    /// <summary>Tokens strictly beyond a fixed bound.</summary>
    Threshold,
}

public enum SelectionScope
{
    Sequence,
    MicroBatch,
    GlobalBatch,
}

public enum SelectionSide
{
    Largest,
    Smallest,
}

public enum SelectionSets
{
    Union,
    Intersection,
}

/// <summary>Selects tokens by a score. Ties go to the earlier token, so that a selection among equal scores (a divergence of 0 at step 0) is defined.</summary>
/// <param name="Amount">The ratio, the quantile or the bound.</param>
public sealed record Selection(SelectionRule Rule, double Amount, SelectionSide Side)
{
    /// <summary>Adds the selected of <paramref name="group"/> (indices into scores, rising) to <paramref name="selected"/>.</summary>
    public void Mark(IReadOnlyList<float> scores, IReadOnlyList<int> group, bool[] selected)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(selected);
        if (group.Count == 0)
        {
            return;
        }

        var ranked = Side == SelectionSide.Largest ? group.OrderByDescending(i => scores[i]) : group.OrderBy(i => scores[i]);
        if (Rule == SelectionRule.TopRatio)
        {
            foreach (var i in ranked.Take((int)Math.Floor(Amount * group.Count)))
            {
                selected[i] = true;
            }

            return;
        }

        var bound = Rule == SelectionRule.Threshold ? Amount : QuantileOf([.. group.Select(i => (double)scores[i]).Order()], Side == SelectionSide.Largest ? Amount : 1 - Amount);
        foreach (var i in group)
        {
            selected[i] = Side == SelectionSide.Largest ? scores[i] > bound : scores[i] < bound;
        }
    }

    /// <summary>The quantile between order statistics, as NumPy's default.</summary>
    /// <param name="sorted">Rising, not empty.</param>
    public static double QuantileOf(IReadOnlyList<double> sorted, double share)
    {
        ArgumentNullException.ThrowIfNull(sorted);
        var at = share * (sorted.Count - 1);
        var low = (int)Math.Floor(at);
        return low + 1 < sorted.Count ? sorted[low] + ((at - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }
}
