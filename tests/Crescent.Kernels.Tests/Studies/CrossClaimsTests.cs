using Crescent.Kernels.Claims;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;

namespace Crescent.Kernels.Tests.Studies;

/// <summary>Claims that compare cells, or arms at equal compute, over made results.</summary>
public sealed class CrossClaimsTests
{
    private static readonly double[] Jitter = [0, 0.002, -0.002, 0.004, -0.004];

    [Fact]
    public void ObjectiveBeatsSft_BetterAtMatchedAccuracy_IsReproducedFromFiveSeedsOn()
    {
        var five = Claim(ClaimCriteria.ObjectiveBeatsSft, Objectives(5, better: 0.1));
        var four = Claim(ClaimCriteria.ObjectiveBeatsSft, Objectives(4, better: 0.1));

        Assert.Equal(["eksft", "sft"], five.Cells);
        Assert.Equal(Verdict.Reproduced, five.Claim.Verdict);
        Assert.Equal(0.1, five.Claim.Estimate!.Value, 1e-9);
        Assert.Equal((5, 50), (five.Claim.Seeds, five.Claim.Clusters));
        Assert.Equal(Verdict.Inconclusive, four.Claim.Verdict);
        Assert.Contains("Only 4 seeds", four.Claim.Reason, StringComparison.Ordinal);
        Assert.Equal(0.1, four.Claim.PerSeed![0].Estimate, 1e-9);
    }

    [Fact]
    public void ObjectiveBeatsSft_OneSeed_ShowsItsEstimateWithoutAnInterval()
    {
        var claim = Claim(ClaimCriteria.ObjectiveBeatsSft, Objectives(1, better: 0.1)).Claim;

        Assert.Equal(0.1, claim.Estimate!.Value, 1e-9);
        Assert.Null(claim.Low);
        Assert.Equal(Verdict.Inconclusive, claim.Verdict);
        Assert.Contains("1 seed has a value", claim.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ObjectiveBeatsSft_MethodThatEndsLowerInDistribution_IsComparedWhereItEnds()
    {
        // The method ends at ID .5, which SFT first reaches half-way from step 0 to 100: OOD .45 there.
        var runs = new[]
        {
            MadeResult.Run("sft", 1, MadeResult.Of(1, [(0, 0.2, 0.4), (100, 0.8, 0.5), (200, 0.9, 0.2)]), MadeResult.Setting()),
            MadeResult.Run("dft", 1, MadeResult.Of(1, [(0, 0.2, 0.4), (200, 0.5, 0.6)]), MadeResult.Setting("dft")),
        };

        Assert.Equal(0.15, Claim(ClaimCriteria.ObjectiveBeatsSft, runs).Claim.Estimate!.Value, 1e-9);
    }

    [Fact]
    public void ObjectiveBeatsSft_CellsThatDifferInMoreThanTheObjective_AreNotCompared()
    {
        StudyRun[] runs =
        [
            MadeResult.Run("sft", 1, Curve(0.3), MadeResult.Setting()),
            MadeResult.Run("sft, other rate", 1, Curve(0.3), MadeResult.Setting(besidesObjective: "other")),
            MadeResult.Run("eksft, other rate", 1, Curve(0.4), MadeResult.Setting("eksft", besidesObjective: "other")),
            MadeResult.Run("dft, third rate", 1, Curve(0.4), MadeResult.Setting("dft", besidesObjective: "third")),
        ];

        Assert.Equal(["eksft, other rate", "sft, other rate"], Study(runs).Claims.Single(claim => claim.Claim.Claim == ClaimCriteria.ObjectiveBeatsSft).Cells);
    }

    [Fact]
    public void ObjectiveBeatsSft_MissingDivergedAndSaturatedSeeds_HaveNoValueAndSayWhy()
    {
        StudyRun[] runs =
        [
            MadeResult.Run("sft", 1, Curve(0.3), MadeResult.Setting()),
            MadeResult.Run("sft", 2, Curve(0.3), MadeResult.Setting()),
            MadeResult.Run("sft", 3, MadeResult.Of(3, [(0, 0.2, 0), (100, 0.9, 0), (200, 0.95, 0)]), MadeResult.Setting()),
            MadeResult.Run("sft", 4, Curve(0.3), MadeResult.Setting()),
            MadeResult.Run("eksft", 1, Curve(0.4), MadeResult.Setting("eksft")),
            MadeResult.Run("eksft", 2, MadeResult.Of(2, [(0, 0.2, 0.4), (100, 0.1, 0.1), (200, 0, 0)]), MadeResult.Setting("eksft")),
            MadeResult.Run("eksft", 3, MadeResult.Of(3, [(0, 0.2, 0), (100, 0.9, 0), (200, 0.95, 0)]), MadeResult.Setting("eksft")),
            new StudyRun("x", "eksft", 4, "failed", null) { Error = "The loss is no number.", Setting = MadeResult.Setting("eksft") },
        ];

        var claim = Claim(ClaimCriteria.ObjectiveBeatsSft, runs).Claim;

        Assert.Equal([1UL], claim.PerSeed!.Select(seed => seed.Seed));
        Assert.Contains("Seed 2: A curve never rises above its start in distribution", claim.Reason, StringComparison.Ordinal);
        Assert.Contains("Seed 3: Saturated: every model compared solves none", claim.Reason, StringComparison.Ordinal);
        Assert.Contains("Seed 4: 'eksft' failed: The loss is no number.", claim.Reason, StringComparison.Ordinal);
        var outcomes = Study(runs).Outcomes;
        Assert.Equal([("sft", 3UL, "saturated"), ("eksft", 2UL, "diverged"), ("eksft", 3UL, "saturated"), ("eksft", 4UL, "failed")], outcomes.Select(outcome => (outcome.Cell, outcome.Seed, outcome.Kind)));
    }

    [Fact]
    public void MoreTriesHelp_GainThatGrowsByTwoPointsADoubling_IsReproduced()
    {
        var claim = Claim(ClaimCriteria.MoreTriesHelp, Tries(10, (trained, _) => 0.02 * Math.Log2(trained)));

        Assert.Equal(["tries=1", "tries=3", "tries=5", "tries=10"], claim.Cells);
        Assert.Equal(0.02, claim.Claim.Estimate!.Value, 1e-9);
        Assert.Equal(Verdict.Reproduced, claim.Claim.Verdict);
        Assert.Contains("mean over 1, 3, 5 and 10 tries allowed", claim.Claim.Criterion, StringComparison.Ordinal);
        Assert.Contains("Trained with 1, 3, 5 and 10 tries.", claim.Claim.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreTriesHelp_EvaluationsOfFiveTries_AveragesOverThoseAndSaysSo()
    {
        // Only the gain within 10 tries grows with training; it is not evaluated, so nothing is found.
        var claim = Claim(ClaimCriteria.MoreTriesHelp, Tries(5, (trained, allowed) => allowed == 10 ? 0.1 * trained : 0.05)).Claim;

        Assert.Equal(0, claim.Estimate!.Value, 1e-9);
        Assert.Contains("mean over 1, 3 and 5 tries allowed", claim.Criterion, StringComparison.Ordinal);
        Assert.Contains("do not reach 10 tries", claim.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreTriesHelp_AnArmWithoutASeed_LeavesThatSeedOut()
    {
        var runs = Tries(10, (trained, _) => 0.02 * Math.Log2(trained)).Where(run => !(run.Cell == "tries=5" && run.Seed == 2)).ToList();
        runs.Add(new StudyRun("late", "tries=5", 2, null, null) { Setting = MadeResult.Setting(tries: 5) });

        var claim = Claim(ClaimCriteria.MoreTriesHelp, runs).Claim;

        Assert.Equal([1UL, 3UL, 4UL, 5UL], claim.PerSeed!.Select(seed => seed.Seed));
        Assert.Contains("Seed 2: 'tries=5' has not run.", claim.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void MemorisesGeneralises_RlSpendsAsMuchAsTheRestOfSft_ComparesTheirEnds()
    {
        var claim = Claim(ClaimCriteria.MemorisesGeneralises, Compute(rl: 50, sft: 100)).Claim;

        // From step 100 of 200, SFT has 50 FLOPs left: RL .6 against SFT .2.
        Assert.Equal(0.4, claim.Estimate!.Value, 1e-9);
        Assert.Equal(Verdict.Reproduced, claim.Verdict);
        Assert.All(claim.Controls, control => Assert.True(control.Holds));
        Assert.Contains("From SFT step 100. RL spends 1.00 times the FLOPs of the rest of SFT.", claim.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void MemorisesGeneralises_RlSpendsMore_IsReadOnItsStraightLine()
    {
        var claim = Claim(ClaimCriteria.MemorisesGeneralises, Compute(rl: 200, sft: 100)).Claim;

        // RL at a quarter of its FLOPs: .5 + .25 x .1.
        Assert.Equal(0.525 - 0.2, claim.Estimate!.Value, 1e-9);
        Assert.Contains("straight line", claim.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void MemorisesGeneralises_SftGainsToo_MissesItsConditionAndIsInconclusive()
    {
        var runs = Seeds(5).Select(seed => MadeResult.Run("a", seed, MadeResult.Of(seed, [(0, 0.2, 0.4), (100, 0.9, 0.3), (200, 0.9, 0.35)], (100, 0.6 + Jitter[seed - 1])) with
        {
            Compute = [MadeResult.Compute("sft", 100), MadeResult.Compute("recovery/100", 50)],
        }));
        var claim = Claim(ClaimCriteria.MemorisesGeneralises, [.. runs]).Claim;

        Assert.Equal(Verdict.Inconclusive, claim.Verdict);
        Assert.Contains("control is not", claim.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void MemorisesGeneralises_NoSharedOrUnknownCompute_IsInconclusiveWithItsCause()
    {
        StudyRun[] end = [MadeResult.Run("a", 1, MadeResult.Of(1, [(0, 0.2, 0.4), (200, 0.9, 0.3)], (200, 0.6)) with { Compute = [MadeResult.Compute("sft", 100), MadeResult.Compute("recovery/200", 50)] })];
        StudyRun[] unknown = [MadeResult.Run("a", 1, MadeResult.Of(1, [(0, 0.2, 0.4), (100, 0.9, 0.3), (200, 0.9, 0.3)], (100, 0.6)))];

        Assert.Contains("share no compute", Claim(ClaimCriteria.MemorisesGeneralises, end).Claim.Reason, StringComparison.Ordinal);
        Assert.Contains("says nothing of the compute", Claim(ClaimCriteria.MemorisesGeneralises, unknown).Claim.Reason, StringComparison.Ordinal);
        Assert.Null(Claim(ClaimCriteria.MemorisesGeneralises, end).Claim.Estimate);
    }

    [Fact]
    public void MemorisesGeneralises_StartNamedBest_FindsItsCompute()
    {
        var run = MadeResult.Run("a", 1, MadeResult.Of(1, [(0, 0.2, 0.4), (100, 0.9, 0.5), (200, 0.9, 0.2)], (100, 0.6)) with { Compute = [MadeResult.Compute("sft", 100), MadeResult.Compute("recovery/best", 50)] });

        Assert.Equal(0.4, Claim(ClaimCriteria.MemorisesGeneralises, [run]).Claim.Estimate!.Value, 1e-9);
    }

    /// <summary>No difference between the objectives, seeds that differ: at most 5 % of studies say reproduced.</summary>
    [Fact]
    public void ObjectiveBeatsSft_NullSimulation_ReproducesAtMostFivePercent()
    {
        const int Studies = 80;
        var random = new RandomStream(new RandomKey(5, RandomPurpose.SignFlip, 11));
        var reproduced = 0;
        for (var study = 0; study < Studies; study++)
        {
            StudyRun[] runs = [.. Seeds(5).SelectMany(seed => new[] { MadeResult.Run("sft", seed, Noisy(seed, random), MadeResult.Setting()), MadeResult.Run("eksft", seed, Noisy(seed, random), MadeResult.Setting("eksft")) })];
            reproduced += Claim(ClaimCriteria.ObjectiveBeatsSft, runs).Claim.Verdict == Verdict.Reproduced ? 1 : 0;
        }

        Assert.InRange(reproduced / (double)Studies, 0, 0.05);
    }

    [Fact]
    public void Holm_ClaimsAcrossAndOfCells_AreOneFamily()
    {
        var alone = Claim(ClaimCriteria.ObjectiveBeatsSft, Objectives(5, better: 0.1)).Claim;
        var among = Claim(ClaimCriteria.ObjectiveBeatsSft, [.. Objectives(5, better: 0.1).Select(run => run with { Result = run.Result! with { Claims = MadeResult.Forgets(0.02 * run.Seed) } })]).Claim;

        Assert.Equal(alone.PValue, among.PValue);
        Assert.True(among.AdjustedPValue > alone.AdjustedPValue);
    }

    private static ExperimentResultDocument Noisy(ulong seed, RandomStream random) => Curve(0.4 + (0.05 * random.NextGaussian())) with { Seed = seed };

    private static StudyRun[] Objectives(int seeds, double better) =>
        [.. Seeds(seeds).SelectMany(seed => new[] { MadeResult.Run("sft", seed, Curve(0.3), MadeResult.Setting()), MadeResult.Run("eksft", seed, Curve(0.3 + better + Jitter[seed - 1]), MadeResult.Setting("eksft")) })];

    private static StudyRun[] Tries(int evaluated, Func<int, int, double> gain) =>
    [
        .. from trained in new[] { 1, 3, 5, 10 }
           from seed in Seeds(5)
           select MadeResult.Run($"tries={trained}", seed, Curve(0.3).WithTries(evaluated, 0.3, allowed => gain(trained, allowed) + (Jitter[seed - 1] * Math.Log2(trained))), MadeResult.Setting(tries: trained)),
    ];

    private static StudyRun[] Compute(double rl, double sft) =>
    [
        .. Seeds(5).Select(seed => MadeResult.Run("a", seed, MadeResult.Of(seed, [(0, 0.2, 0.4), (100, 0.9, 0.5 + Jitter[seed - 1]), (200, 0.9, 0.2 + Jitter[seed - 1])], (100, 0.6 + Jitter[seed - 1])) with
        {
            Compute = [MadeResult.Compute("base", 1000), MadeResult.Compute("sft", sft), MadeResult.Compute("recovery/100", rl)],
        })),
    ];

    private static ExperimentResultDocument Curve(double end) => MadeResult.Of(1, [(0, 0.2, 0.4), (100, 0.8, 0.5), (200, 0.9, end)]);

    private static IEnumerable<ulong> Seeds(int count) => Enumerable.Range(1, count).Select(seed => (ulong)seed);

    private static StudyResultDocument Study(IReadOnlyList<StudyRun> runs) => StudyFindings.Of("s1", "study", "Why?", runs);

    private static StudyClaim Claim(string claim, IReadOnlyList<StudyRun> runs) => Study(runs).Claims.Single(found => found.Claim.Claim == claim);
}
