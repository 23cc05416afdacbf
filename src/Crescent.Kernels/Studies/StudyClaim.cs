using Crescent.Kernels.Claims;

namespace Crescent.Kernels.Studies;

/// <summary>A claim that no single experiment can state: it compares cells, or arms of one cell at equal compute.</summary>
/// <param name="Cells">Those that it compares; the one that the claim is about first.</param>
public sealed record StudyClaim(IReadOnlyList<string> Cells, ClaimResult Claim);

/// <summary>What one seed says to a claim across cells: a value, or why it has none.</summary>
internal readonly record struct SeedFinding(ulong Seed, SeedValue? Value, string Cause)
{
    public static SeedFinding Of(SeedValue value) => new(value.Seed, value, "");

    public static SeedFinding None(ulong seed, string cause) => new(seed, null, cause);

    /// <summary>Student's t over the seeds that have a value, with the causes of the others.</summary>
    public static ClaimResult Conclude(ClaimCriterion criterion, IReadOnlyList<SeedFinding> seeds)
    {
        var causes = StudyClaims.Causes(seeds.Where(seed => seed.Value is null).Select(seed => (seed.Seed, seed.Cause)));
        return StudyClaims.Of(criterion, [.. seeds.Where(seed => seed.Value is not null).Select(seed => seed.Value!)], seeds.Count, causes);
    }
}
