namespace Crescent.Kernels.Claims;

public enum Verdict
{
    Reproduced,
    NotReproduced,
    Inconclusive,
}

/// <summary>What a verdict generalises to: this run of these models, or seeds of the experiment.</summary>
public enum ClaimScope
{
    Run,
    Study,
}

/// <summary>The rule from an interval to a verdict.</summary>
public static class VerdictRule
{
    /// <summary>Below that many clusters (or points) an interval is not trusted.</summary>
    public const int FewestClusters = 10;

    /// <summary>What a study verdict needs.</summary>
    public const int FewestSeeds = 5;

    /// <summary>
    /// Reproduced where low &gt; 0 and estimate &gt;= m; not reproduced where high &lt; m; otherwise, and wherever the numbers cannot carry a verdict, inconclusive.
    /// </summary>
    /// <param name="smallest">m: the smallest difference that matters.</param>
    public static Verdict Of(double smallest, double estimate, double low, double high, ClaimScope scope, int seeds, int clusters)
    {
        var usable = double.IsFinite(estimate) && double.IsFinite(low) && double.IsFinite(high) && low <= estimate && estimate <= high
            && clusters >= FewestClusters && seeds >= (scope == ClaimScope.Study ? FewestSeeds : 1);
        return (usable, low > 0 && estimate >= smallest, high < smallest) switch
        {
            (true, true, _) => Verdict.Reproduced,
            (true, _, true) => Verdict.NotReproduced,
            _ => Verdict.Inconclusive,
        };
    }
}
