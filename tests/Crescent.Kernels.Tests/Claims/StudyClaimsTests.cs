using Crescent.Kernels.Claims;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tests.Claims;

public sealed class StudyClaimsTests
{
    private static readonly ClaimCriterion Window = ClaimCriteria.Of(ClaimCriteria.Window);

    private static SeedValue[] Seeds(params double[] values) => [.. values.Select((value, seed) => new SeedValue((ulong)seed, value) { Clusters = 100, Records = [$"record-{seed}"] })];

    private static double Normal(RandomStream random) => random.NextGaussian();

    [Fact]
    public void Of_FiveClearSeeds_IsReproducedByT()
    {
        var result = StudyClaims.Of(Window, Seeds(0.05, 0.06, 0.04, 0.05, 0.05));
        Assert.Equal((Verdict.Reproduced, ClaimScope.Study, 5, 100), (result.Verdict, result.Scope, result.Seeds, result.Clusters));
        // t(.975, 4) = 2.776, standard deviation sqrt(0.00005).
        Assert.Equal(0.05 - (2.7764451 * Math.Sqrt(0.00005 / 5)), result.Low!.Value, 1e-9);
        Assert.Equal(5, result.Records.Count);
        Assert.InRange(result.PValue!.Value, 1e-6, 1e-3);
        Assert.InRange(result.UnitsNeeded!.Value, 3, 6);
    }

    [Fact]
    public void Of_FourSeeds_IsInconclusiveAndSaysSo()
    {
        var result = StudyClaims.Of(Window, Seeds(0.05, 0.06, 0.04, 0.05), planned: 5);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("Only 4 seeds", result.Reason, StringComparison.Ordinal);
        Assert.Contains("1 of 5 seeds", result.Reason, StringComparison.Ordinal);
        Assert.Equal(0.05, result.Estimate!.Value, 1e-12);
    }

    [Fact]
    public void Of_SmallEffect_IsNotReproduced() => Assert.Equal(Verdict.NotReproduced, StudyClaims.Of(Window, Seeds(0.001, 0.002, -0.001, 0, 0.001)).Verdict);

    [Fact]
    public void Of_SeedTwiceOrNotANumber_HasNoNumbers()
    {
        var twice = StudyClaims.Of(Window, [.. Seeds(0.1, 0.1, 0.1, 0.1), new SeedValue(3, 0.1)]);
        Assert.Null(twice.Estimate);
        Assert.Contains("Seed 3 stands twice", twice.Reason, StringComparison.Ordinal);
        Assert.Contains("diverged", StudyClaims.Of(Window, Seeds(0.1, double.NaN, 0.1, 0.1, 0.1)).Reason, StringComparison.Ordinal);
        Assert.Contains("1 seed has", StudyClaims.Of(Window, Seeds(0.1)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Ratio_IsTheRatioOfMeansWithFiellersInterval()
    {
        var criterion = ClaimCriteria.Of(ClaimCriteria.Restores);
        SeedValue[] seeds = [.. new[] { (0.2, 0.3), (0.3, 0.3), (0.25, 0.35), (0.2, 0.28), (0.26, 0.3) }.Select((pair, seed) => new SeedValue((ulong)seed, pair.Item1) { Denominator = pair.Item2, Clusters = 50 })];
        var result = StudyClaims.Of(criterion, seeds);
        Assert.Equal(1.21 / 1.53, result.Estimate!.Value, 1e-12);
        Assert.True(result.Low < result.Estimate && result.Low > 0.5);
        Assert.Equal((Verdict.Reproduced, 0.242), (result.Verdict, Math.Round(result.Ratio!.Numerator, 3)));
        var nothing = StudyClaims.Of(criterion, [.. seeds.Select((seed, i) => seed with { Denominator = i % 2 == 0 ? 0.1 : -0.1 })]);
        Assert.Null(nothing.Estimate);
    }

    [Theory]
    [InlineData(0.02, -0.1, Verdict.Reproduced)]
    [InlineData(0.02, 0.1, Verdict.Inconclusive)]
    [InlineData(-0.02, -0.1, Verdict.Inconclusive)]
    public void Of_TwoConditions_NeedsBothSigns(double gain, double loss, Verdict expected)
    {
        double[] jitter = [0.001, -0.001, 0, 0.002, -0.002];
        SeedValue[] seeds =
        [
            .. jitter.Select((j, seed) => new SeedValue((ulong)seed, 0.2 + j) { Conditions = [new SeedCondition("rl-gains", gain + j), new SeedCondition("sft-loses", loss + j)] }),
        ];
        var result = StudyClaims.Of(ClaimCriteria.Of(ClaimCriteria.MemorisesGeneralises), seeds);
        Assert.Equal(expected, result.Verdict);
        Assert.Equal(2, result.Controls.Count);
        Assert.Equal(Verdict.Inconclusive, StudyClaims.Of(ClaimCriteria.Of(ClaimCriteria.MemorisesGeneralises), [.. seeds.Select(seed => seed with { Conditions = [] })]).Verdict);
    }

    [Fact]
    public void Of_ExperimentsClaims_TakesEachSeedsEstimateAndControl()
    {
        ClaimResult Claim(double estimate, double control) => new()
        {
            Claim = ClaimCriteria.Improves, Criterion = "", SmallestDifference = 0.03, Estimate = estimate, Low = 0, High = 1, Clusters = 60, Verdict = Verdict.Inconclusive,
            Controls = [new ClaimControl("shuffled-reward", "", control, -1, 1, false)], Records = [FormattableString.Invariant($"r{estimate}")],
        };
        var seeds = Enumerable.Range(0, 5).Select(i => new SeedClaims((ulong)i, [Claim(0.05 + (0.002 * i), 0.04 + (0.003 * i))])).ToArray();
        var result = Assert.Single(StudyClaims.Of(seeds, tries: 3));
        Assert.Equal((Verdict.Reproduced, 5, 60), (result.Verdict, result.Seeds, result.Clusters));
        Assert.Equal(0.054, result.Estimate!.Value, 1e-12);
        Assert.Equal(0.046, Assert.Single(result.Controls).Estimate!.Value, 1e-12);
        Assert.Contains("OOD@3", result.Criterion, StringComparison.Ordinal);
        Assert.Equal(5, result.Records.Count);
        Assert.Equal(result.PValue, result.AdjustedPValue);
    }

    [Fact]
    public void Of_ExperimentsThatCouldNotCompute_SaysWhyInTheirWords()
    {
        ClaimResult Claim(string reason) => new() { Claim = ClaimCriteria.Improves, Criterion = "", SmallestDifference = 0.04, Verdict = Verdict.Inconclusive, Reason = reason };

        var result = Assert.Single(StudyClaims.Of([new SeedClaims(1, [Claim("No control.")]), new SeedClaims(2, [Claim("No control.")]), new SeedClaims(3, [Claim("Saturated.")])]));

        Assert.Equal("No seed has a value; an interval needs two, a verdict 5. Seeds 1, 2: No control. Seed 3: Saturated.", result.Reason);
        Assert.Equal(0.04, result.SmallestDifference);
    }

    [Fact]
    public void Holm_ClaimMetAloneOnly_BecomesInconclusive()
    {
        var clear = StudyClaims.Of(Window, Seeds(0.05, 0.06, 0.04, 0.05, 0.05));
        var marginal = StudyClaims.Of(Window, Seeds(0.02, 0.08, 0.03, 0.07, 0.02));
        Assert.Equal(Verdict.Reproduced, marginal.Verdict);
        var alone = StudyClaims.Holm([marginal]);
        Assert.Equal(Verdict.Reproduced, alone[0].Verdict);
        var family = StudyClaims.Holm([clear, marginal, marginal, marginal]);
        Assert.Equal([Verdict.Reproduced, Verdict.Inconclusive, Verdict.Inconclusive, Verdict.Inconclusive], family.Select(claim => claim.Verdict));
        Assert.Contains("Holm", family[1].Reason, StringComparison.Ordinal);
    }

    /// <summary>No effect, seeds that differ: at most 5 % of studies say reproduced, whatever the spread, and at most 5 % of families with any claim reproduced after Holm's correction.</summary>
    [Theory]
    [InlineData(5, 0.001)]
    [InlineData(5, 0.05)]
    [InlineData(8, 0.05)]
    public void Of_NullSimulation_ReproducesAtMostFivePercent(int count, double spread)
    {
        const int Studies = 800;
        var criterion = Window with { Smallest = 0 };
        var random = new RandomStream(new RandomKey((ulong)count, RandomPurpose.SignFlip, 7));
        var (single, family) = (0, 0);
        for (var study = 0; study < Studies; study++)
        {
            ClaimResult[] claims = [.. Enumerable.Range(0, 4).Select(_ => StudyClaims.Of(criterion, Seeds([.. Enumerable.Range(0, count).Select(_ => spread * Normal(random))])))];
            single += claims[0].Verdict == Verdict.Reproduced ? 1 : 0;
            family += StudyClaims.Holm(claims).Any(claim => claim.Verdict == Verdict.Reproduced) ? 1 : 0;
        }

        Assert.InRange(single / (double)Studies, 0.005, 0.05);
        Assert.InRange(family / (double)Studies, 0.001, 0.05);
    }
}
