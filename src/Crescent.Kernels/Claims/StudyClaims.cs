using System.Globalization;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>
/// Claims of a study. Its unit is the seed, which varies base, SFT and RL together: one value a seed, Student's t over them, a verdict from five seeds on, Holm's correction over the primary claims.
/// </summary>
public static class StudyClaims
{
    /// <summary>Adjusted p that a primary claim of a study may have at most to count as reproduced.</summary>
    public const double FamilyError = 0.05;

    /// <summary>The primary claims of a study over what its seeds' experiments computed, with Holm's correction.</summary>
    /// <param name="tries">Tries that the evaluations allow, for the wording.</param>
    public static IReadOnlyList<ClaimResult> Of(IReadOnlyList<SeedClaims> seeds, int tries = ClaimCriteria.DefaultTries)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        var names = seeds.SelectMany(seed => seed.Claims).Select(claim => claim.Claim).ToHashSet(StringComparer.Ordinal);
        return Holm([.. ClaimCriteria.All(tries).Where(criterion => names.Contains(criterion.Claim)).Select(criterion => Of(Stated(criterion, seeds), [.. Values(seeds, criterion.Claim)], seeds.Count, Causes(Missing(seeds, criterion.Claim))))]);
    }

    /// <summary>One claim over per-seed values, before any correction.</summary>
    /// <param name="planned">Seeds that the study has; those without a value are named as missing. 0: as many as there are values.</param>
    /// <param name="causes">Why seeds have no value, in sentences; they stand in the reason of an inconclusive verdict.</param>
    public static ClaimResult Of(ClaimCriterion criterion, IReadOnlyList<SeedValue> seeds, int planned = 0, IReadOnlyList<string>? causes = null)
    {
        ArgumentNullException.ThrowIfNull(criterion);
        ArgumentNullException.ThrowIfNull(seeds);
        string[] records = [.. seeds.SelectMany(seed => seed.Records)];
        var draft = new ClaimDraft(criterion) { Scope = ClaimScope.Study, Seeds = seeds.Count };
        var why = string.Concat((causes ?? []).Select(cause => " " + cause));
        if (Problem(criterion, seeds) is { } problem)
        {
            return Seen(draft.Unknown(problem + why, records), seeds);
        }

        if (Ratio(seeds, out var values) is not { } interval)
        {
            return Seen(draft.Unknown("What was lost does not differ from 0 for certain over the seeds, so there is nothing to form a share of." + why, records), seeds);
        }

        ClaimControl[] controls = [.. criterion.Conditions.Select(condition => draft.Control(condition.Name, Condition(seeds, condition)))];
        var clusters = seeds.Min(seed => seed.Clusters);
        var ratio = values is null;
        var result = draft.Measured(interval, clusters, ratio ? null : PValue(values!), controls, records);
        if (result.Estimate is null)
        {
            return Seen(result, seeds);
        }

        var missing = planned > seeds.Count ? string.Create(CultureInfo.InvariantCulture, $" {planned - seeds.Count} of {planned} seeds have no value.") : "";
        return Seen(result, seeds) with
        {
            Ratio = ratio ? new ClaimRatio(seeds.Average(seed => seed.Value), seeds.Average(seed => seed.Denominator!.Value)) : null,
            UnitsNeeded = ratio ? null : PowerEstimate.UnitsNeeded(Math.Sqrt(Sample(values!).VarianceOfMean()), seeds.Count, criterion.Smallest),
            Reason = result.Verdict == Verdict.Inconclusive ? result.Reason + missing + why : result.Reason,
        };
    }

    /// <summary>With the estimate of each seed; a single seed's stands as the estimate, without an interval.</summary>
    private static ClaimResult Seen(ClaimResult result, IReadOnlyList<SeedValue> seeds)
    {
        EstimateOfSeed[] perSeed =
        [
            .. from seed in seeds
               let value = seed.Denominator is { } below ? seed.Value / below : seed.Value
               where double.IsFinite(value)
               select new EstimateOfSeed(seed.Seed, value),
        ];
        return result with { PerSeed = perSeed, Estimate = result.Estimate ?? (seeds.Count == 1 && perSeed.Length == 1 ? perSeed[0].Estimate : null) };
    }

    /// <summary>With the smallest difference that the seeds' specs state: the largest, should they differ.</summary>
    private static ClaimCriterion Stated(ClaimCriterion criterion, IReadOnlyList<SeedClaims> seeds) =>
        criterion with { Smallest = seeds.SelectMany(seed => seed.Claims).Where(claim => claim.Claim == criterion.Claim).Max(claim => claim.SmallestDifference) };

    /// <summary>
    /// Holm's correction over the primary claims that have a p-value: one that is reproduced alone and not after the correction is inconclusive. Claims without a p (ratios) count as a test each, since they are looked at too, and keep their verdict.
    /// </summary>
    public static IReadOnlyList<ClaimResult> Holm(IReadOnlyList<ClaimResult> primary)
    {
        ArgumentNullException.ThrowIfNull(primary);
        var adjusted = MultipleComparisons.Holm([.. primary.Select(claim => claim.PValue ?? 1)]);
        return
        [
            .. primary.Select((claim, i) => claim.PValue is null ? claim : claim.Verdict == Verdict.Reproduced && adjusted[i] > FamilyError
                ? claim with { AdjustedPValue = adjusted[i], Verdict = Verdict.Inconclusive, Reason = string.Create(CultureInfo.InvariantCulture, $"Met alone (p {claim.PValue:0.###}), not after Holm's correction over {primary.Count} primary claims (p {adjusted[i]:0.###}).") }
                : claim with { AdjustedPValue = adjusted[i] }),
        ];
    }

    private static IEnumerable<SeedValue> Values(IReadOnlyList<SeedClaims> seeds, string claim) =>
        from seed in seeds
        orderby seed.Seed
        let found = seed.Claims.FirstOrDefault(other => other.Claim == claim)
        where found is not null
        let value = SeedValue.Of(seed.Seed, found)
        where value is not null
        select value;

    /// <summary>Why experiments could not compute a claim, in their own words.</summary>
    private static IEnumerable<(ulong Seed, string Cause)> Missing(IReadOnlyList<SeedClaims> seeds, string claim) =>
        from seed in seeds
        orderby seed.Seed
        let found = seed.Claims.FirstOrDefault(other => other.Claim == claim)
        where found is { Estimate: null }
        select (seed.Seed, found.Reason);

    /// <summary>Causes in sentences, seeds with the same one together.</summary>
    internal static IReadOnlyList<string> Causes(IEnumerable<(ulong Seed, string Cause)> missing) =>
    [
        .. from seed in missing
           group seed.Seed by seed.Cause into alike
           select string.Create(CultureInfo.InvariantCulture, $"Seed{(alike.Count() == 1 ? "" : "s")} {string.Join(", ", alike)}: {alike.Key}"),
    ];

    private static string? Problem(ClaimCriterion criterion, IReadOnlyList<SeedValue> seeds)
    {
        var repeated = seeds.GroupBy(seed => seed.Seed).FirstOrDefault(group => group.Count() > 1);
        return seeds.Count < 2 ? string.Create(CultureInfo.InvariantCulture, $"{(seeds.Count == 1 ? "1 seed has" : "No seed has")} a value; an interval needs two, a verdict {VerdictRule.FewestSeeds}.")
            : repeated is not null ? string.Create(CultureInfo.InvariantCulture, $"Seed {repeated.Key} stands twice; each seed is one unit.")
            : seeds.Any(seed => !double.IsFinite(seed.Value) || seed.Denominator is { } d && !double.IsFinite(d)) ? "A seed's value is not a number: its run diverged."
            : criterion.Claim == ClaimCriteria.Restores && seeds.Any(seed => seed.Denominator is null) ? "A ratio needs the numerator and denominator of each seed."
            : null;
    }

    /// <summary>The interval: t over the values (also handed out), or Fieller's where the values are ratios (none handed out); null where a ratio has none.</summary>
    private static Interval? Ratio(IReadOnlyList<SeedValue> seeds, out double[]? values)
    {
        var numerators = seeds.Select(seed => seed.Value).ToArray();
        values = seeds.All(seed => seed.Denominator is null) ? numerators : null;
        if (values is not null)
        {
            return SeedInterval.Of(values);
        }

        var lost = Sample([.. seeds.Select(seed => seed.Denominator ?? double.NaN)]);
        return lost.Mean > 0 ? RatioOfMeans.Fieller(Sample(numerators), lost) : null;
    }

    /// <summary>Null where a seed lacks the condition.</summary>
    private static Interval? Condition(IReadOnlyList<SeedValue> seeds, ClaimCondition condition)
    {
        var values = seeds.Select(seed => seed.Conditions.FirstOrDefault(found => found.Name == condition.Name)?.Value).ToArray();
        return values.All(value => value is not null) ? SeedInterval.Of([.. values.Select(value => value!.Value)]) : null;
    }

    private static ClusteredSample Sample(IReadOnlyList<double> perSeed) => new(perSeed, [.. perSeed.Select((_, seed) => seed.ToString("D6", CultureInfo.InvariantCulture))]);

    internal static double PValue(IReadOnlyList<double> perSeed)
    {
        var sample = Sample(perSeed);
        var error = Math.Sqrt(sample.VarianceOfMean());
        return error > 0 ? StudentT.TwoSidedTail(sample.Mean / error, perSeed.Count - 1) : sample.Mean == 0 ? 1 : 0;
    }
}
