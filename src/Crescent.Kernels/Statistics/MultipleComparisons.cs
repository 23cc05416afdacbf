namespace Crescent.Kernels.Statistics;

/// <summary>p-values adjusted for how many were looked at: Holm for the primary claims of a study, Benjamini and Hochberg for scans.</summary>
public static class MultipleComparisons
{
    /// <summary>Holm (1979): controls the chance of any false rejection.</summary>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var adjusted = new double[p.Count];
        var running = 0.0;
        foreach (var (index, rank) in Ranked(p))
        {
            running = Math.Max(running, Math.Min(1, (p.Count - rank) * p[index]));
            adjusted[index] = running;
        }

        return adjusted;
    }

    /// <summary>Benjamini and Hochberg (1995): controls the expected share of false rejections.</summary>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var adjusted = new double[p.Count];
        var running = 1.0;
        foreach (var (index, rank) in Ranked(p).Reverse())
        {
            running = Math.Min(running, p.Count * p[index] / (rank + 1));
            adjusted[index] = running;
        }

        return adjusted;
    }

    private static (int Index, int Rank)[] Ranked(IReadOnlyList<double> p) =>
        [.. Enumerable.Range(0, p.Count).OrderBy(index => p[index]).ThenBy(index => index).Select((index, rank) => (index, rank))];
}
