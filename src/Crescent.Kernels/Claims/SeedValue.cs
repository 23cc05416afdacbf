namespace Crescent.Kernels.Claims;

/// <summary>What one seed of a study contributes to a claim: a difference paired within the seed, or a ratio's two parts.</summary>
/// <param name="Value">The seed's estimate of the claim's quantity; of a ratio, its numerator.</param>
public sealed record SeedValue(ulong Seed, double Value)
{
    /// <summary>Of a ratio, its denominator; null for other claims.</summary>
    public double? Denominator { get; init; }

    /// <summary>The seed's estimate of each condition of the criterion, by name.</summary>
    public IReadOnlyList<SeedCondition> Conditions { get; init; } = [];

    /// <summary>Independent units that the seed's value rests on.</summary>
    public int Clusters { get; init; } = VerdictRule.FewestClusters;

    /// <summary>SHA-256 of the records that it was computed from.</summary>
    public IReadOnlyList<string> Records { get; init; } = [];

    /// <summary>What an experiment's claim gives its study; null where the experiment could not compute it.</summary>
    public static SeedValue? Of(ulong seed, ClaimResult claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return claim.Estimate is not { } estimate ? null : new SeedValue(seed, claim.Ratio?.Numerator ?? estimate)
        {
            Denominator = claim.Ratio?.Denominator,
            Conditions = [.. claim.Controls.Where(control => control.Estimate is not null).Select(control => new SeedCondition(control.Name, control.Estimate!.Value))],
            Clusters = claim.Clusters,
            Records = claim.Records,
        };
    }
}

/// <param name="Name">As in <see cref="ClaimCondition.Name"/>.</param>
public sealed record SeedCondition(string Name, double Value);

/// <summary>The claims of one seed's experiment.</summary>
public sealed record SeedClaims(ulong Seed, IReadOnlyList<ClaimResult> Claims);
