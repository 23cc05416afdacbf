namespace Crescent.Kernels.Claims;

/// <summary>One claim, what was measured of it, and the verdict. A claim that could not be computed has no numbers, only a reason.</summary>
public sealed record ClaimResult
{
    /// <summary><c>forgets</c>, <c>rl-improves</c>, ... (docs/kernels.md).</summary>
    public required string Claim { get; init; }

    /// <summary>The estimated quantity in words, with the smallest difference that matters.</summary>
    public required string Criterion { get; init; }

    /// <summary>m of the criterion.</summary>
    public required double SmallestDifference { get; init; }

    public double? Estimate { get; init; }

    /// <summary>95 % interval.</summary>
    public double? Low { get; init; }
    public double? High { get; init; }
    public ClaimScope Scope { get; init; } = ClaimScope.Run;
    public int Seeds { get; init; } = 1;

    /// <summary>Independent units that the interval rests on: value multisets, matrices, checkpoints.</summary>
    public int Clusters { get; init; }

    /// <summary>Two-sided sign-flip p over clusters; null where the estimate is not a paired difference.</summary>
    public double? PValue { get; init; }

    /// <summary>The condition that must hold beside the criterion; null where there is none.</summary>
    public ClaimControl? Control { get; init; }

    /// <summary>SHA-256 of the records that the numbers come from.</summary>
    public IReadOnlyList<string> Records { get; init; } = [];

    public required Verdict Verdict { get; init; }

    /// <summary>Why the verdict is inconclusive; empty otherwise.</summary>
    public string Reason { get; init; } = "";
}

/// <param name="Name"><c>in-distribution-gain</c>, <c>shuffled-reward</c>, <c>random-directions</c>.</param>
/// <param name="Criterion">The condition in words.</param>
/// <param name="Holds">False also where it could not be computed.</param>
public sealed record ClaimControl(string Name, string Criterion, double? Estimate, double? Low, double? High, bool Holds);
