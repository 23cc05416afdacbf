using System.Text.Json.Serialization;

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

    /// <summary>Two-sided p: sign-flip over clusters, of a study Student's t over seeds; null where the estimate is not a paired difference.</summary>
    public double? PValue { get; init; }

    /// <summary>The p-value after Holm's correction over the primary claims of a study; null for a run.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Clusters (of a study: seeds) that would show the smallest difference with a chance of 80 %, from the spread found; null where there is no paired difference.</summary>
    public int? UnitsNeeded { get; init; }

    /// <summary>What a ratio is the ratio of, so that a study can form the ratio of means; null for other claims.</summary>
    public ClaimRatio? Ratio { get; init; }

    /// <summary>The conditions that must hold beside the criterion.</summary>
    public IReadOnlyList<ClaimControl> Controls { get; init; } = [];

    /// <summary>SHA-256 of the records that the numbers come from.</summary>
    public IReadOnlyList<string> Records { get; init; } = [];

    public required Verdict Verdict { get; init; }

    /// <summary>Why the verdict is inconclusive; empty otherwise.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What a reader must know beside the verdict, whatever it is: of which tries, at which compute; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>Of a study, the estimate of each seed that has one; null for a run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EstimateOfSeed>? PerSeed { get; init; }
}

public sealed record EstimateOfSeed(ulong Seed, double Estimate);

public sealed record ClaimRatio(double Numerator, double Denominator);

/// <param name="Name"><c>in-distribution-gain</c>, <c>shuffled-reward</c>, <c>random-directions</c>.</param>
/// <param name="Criterion">The condition in words.</param>
/// <param name="Holds">False also where it could not be computed.</param>
public sealed record ClaimControl(string Name, string Criterion, double? Estimate, double? Low, double? High, bool Holds);
