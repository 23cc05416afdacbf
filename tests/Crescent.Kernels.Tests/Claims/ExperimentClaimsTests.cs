using System.Globalization;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Tests.Claims;

public sealed class ExperimentClaimsTests
{
    private const int Clusters = 100;

    /// <summary>A record in which the first <paramref name="first"/> multisets are solved at once, the next at the third try up to <paramref name="within"/>; two deals each.</summary>
    private static EvaluationRecord Record(int inside, int first, int within, int tries = 5, DealSplit split = DealSplit.Reporting) => new(
        tries,
        [
            .. Episodes(EvaluationVariant.InDistribution, inside, inside, split),
            .. Episodes(EvaluationVariant.OutOfDistribution, first, within, split),
        ]);

    private static IEnumerable<EvaluationEpisode> Episodes(EvaluationVariant variant, int first, int within, DealSplit split) =>
        from cluster in Enumerable.Range(0, Clusters)
        from deal in Enumerable.Range(0, 2)
        let solvedAt = cluster < first ? 1 : cluster < within ? 3 : 0
        select new EvaluationEpisode(variant, split, [cluster, deal, 1, 1], cluster.ToString(CultureInfo.InvariantCulture), solvedAt, ["correct"], "");

    private static ClaimPoint Point(string role, int step, EvaluationRecord record) => new(role, step, record, string.Create(CultureInfo.InvariantCulture, $"hash-{role}-{step}"));

    /// <summary>A study in which everything comes out: best 20 at 60 %, x = 300 at 20 %, end 800 at 10 %; RL from 300 restores 30 of the 40 points lost, elsewhere nothing.</summary>
    private static ClaimInputs Study(params ClaimPoint[] instead)
    {
        ClaimPoint[] points =
        [
            Point("sft", 20, Record(50, 55, 60)), Point("sft", 300, Record(90, 15, 20)), Point("sft", 800, Record(95, 8, 10)),
            Point("recovery", 20, Record(60, 55, 60)), Point("recovery", 300, Record(92, 15, 50)), Point("recovery", 800, Record(95, 8, 10)),
            Point("shuffled-reward", 300, Record(89, 15, 21)),
        ];
        return new ClaimInputs
        {
            Seed = 1,
            ClaimStep = 300,
            BestStep = 20,
            EndStep = 800,
            Points = [.. points.Where(point => !instead.Any(other => other.Role == point.Role && other.Step == point.Step)), .. instead],
        };
    }

    private static ClaimInputs Without(string role, int step)
    {
        var study = Study();
        return study with { Points = [.. study.Points.Where(point => point.Role != role || point.Step != step)] };
    }

    private static void IsUnknown(ClaimResult result, string reason)
    {
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Null(result.Estimate);
        Assert.Null(result.Low);
        Assert.Null(result.High);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Forgets_FallOutsideAndRiseInside_IsReproduced()
    {
        var result = ForgettingClaim.Forgets(Study());
        Assert.Equal(0.47, result.Estimate!.Value, 1e-12);
        Assert.Equal((Verdict.Reproduced, Clusters, ClaimScope.Run), (result.Verdict, result.Clusters, result.Scope));
        Assert.Equal(["hash-sft-20", "hash-sft-800"], result.Records);
        Assert.True(Assert.Single(result.Controls).Holds);
        Assert.InRange(result.PValue!.Value, 0, 0.001);
    }

    [Fact]
    public void Forgets_WithoutGainInside_IsInconclusive()
    {
        var result = ForgettingClaim.Forgets(Study(Point("sft", 800, Record(50, 8, 10))));
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.False(Assert.Single(result.Controls).Holds);
        Assert.Contains("control", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Forgets_BestIsTheEnd_IsNotReproduced() => Assert.Equal(Verdict.NotReproduced, ForgettingClaim.Forgets(Study() with { BestStep = 800 }).Verdict);

    [Fact]
    public void Forgets_ChoosingEpisodes_AreNotCounted()
    {
        var mixed = Record(50, 55, 60);
        var chosen = Record(50, 0, 0, split: DealSplit.Choosing);
        var result = ForgettingClaim.Forgets(Study(Point("sft", 20, mixed with { Episodes = [.. mixed.Episodes, .. chosen.Episodes] })));
        Assert.Equal(0.47, result.Estimate!.Value, 1e-12);
    }

    [Fact]
    public void Improves_GainOverItsStartAndTheShuffled_IsReproduced()
    {
        var result = RecoveryClaims.Improves(Study());
        Assert.Equal(0.30, result.Estimate!.Value, 1e-12);
        Assert.Equal(0.29, Assert.Single(result.Controls).Estimate!.Value, 1e-12);
        Assert.Equal(Verdict.Reproduced, result.Verdict);
    }

    [Fact]
    public void Improves_ShuffledGainsAsMuch_IsInconclusive()
    {
        var result = RecoveryClaims.Improves(Study(Point("shuffled-reward", 300, Record(92, 15, 50))));
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.False(Assert.Single(result.Controls).Holds);
    }

    [Fact]
    public void Improves_ShuffledRunThatChangedNothing_TellsNothing()
    {
        var result = RecoveryClaims.Improves(Study(Point("shuffled-reward", 300, Record(90, 15, 20))));
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Null(Assert.Single(result.Controls).Estimate);
    }

    [Fact]
    public void Improves_MissingRuns_SaysWhich()
    {
        IsUnknown(RecoveryClaims.Improves(Without("recovery", 300)), "recovery at step 300");
        IsUnknown(RecoveryClaims.Improves(Without("shuffled-reward", 300)), "shuffled-reward at step 300");
    }

    [Fact]
    public void Improves_FewerTriesThanTheClaim_IsUnknown() => IsUnknown(RecoveryClaims.Improves(Study(Point("recovery", 300, Record(92, 15, 50, tries: 3)))), "3 tries");

    [Fact]
    public void All_StatedCriteria_AreJudgedBy()
    {
        var strict = Study() with { Criteria = [new StatedCriterion("rl-improves", 0.35), new StatedCriterion("rotation-not-values", Math.Log(1.5))] };
        var (usual, stated) = (RecoveryClaims.Improves(Study()), RecoveryClaims.Improves(strict));
        Assert.Equal((Verdict.Reproduced, Verdict.Inconclusive), (usual.Verdict, stated.Verdict));
        Assert.Contains("at least 0.35", stated.Criterion, StringComparison.Ordinal);
        Assert.Equal(0.35, stated.SmallestDifference);
        Assert.EndsWith("ln 1.5", RotationClaims.RotationNotValues(strict).Criterion, StringComparison.Ordinal);
        Assert.EndsWith("ln 1.25", RotationClaims.RotationNotValues(Study()).Criterion, StringComparison.Ordinal);
        Assert.Equal(ExperimentClaims.All(Study()).Select(claim => (claim.Claim, claim.SmallestDifference)), ClaimCriteria.Stated.Select(stated => (stated.Claim, stated.Smallest)));
    }

    [Fact]
    public void All_ThreeTriesAllowed_SayThree()
    {
        var evaluation = new Kernels.Presets.NanoPreset().Evaluation(1) with { Tries = 3 };
        var claims = ExperimentClaims.All(Study() with { Evaluation = evaluation });
        Assert.All(claims, claim => Assert.DoesNotContain("@5", claim.Criterion, StringComparison.Ordinal));
        Assert.Equal(5, claims.Count(claim => claim.Criterion.Contains("OOD@3", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(100, "all")]
    public void Improves_AllRightOrAllWrong_IsUnknown(int solved, string word) =>
        IsUnknown(RecoveryClaims.Improves(Study(Point("sft", 300, Record(90, solved, solved)), Point("recovery", 300, Record(92, solved, solved)), Point("shuffled-reward", 300, Record(92, solved, solved)))), $"solves {word}");

    [Fact]
    public void Improves_RecordsOfDifferentSize_AreUnknown()
    {
        var part = Record(92, 15, 50);
        IsUnknown(RecoveryClaims.Improves(Study(Point("recovery", 300, part with { Episodes = [.. part.Episodes.SkipLast(20)] }))), "180 of 200");
    }

    [Fact]
    public void Restores_ThreeQuartersOfWhatWasLost_IsReproduced()
    {
        var result = RecoveryClaims.Restores(Study());
        Assert.Equal(0.75, result.Estimate!.Value, 1e-12);
        Assert.Equal(Verdict.Reproduced, result.Verdict);
        Assert.True(result.Low > 0.5 && result.High < 1);
    }

    [Fact]
    public void Restores_AFifth_IsNotReproduced()
    {
        var result = RecoveryClaims.Restores(Study(Point("recovery", 300, Record(92, 15, 28))));
        Assert.Equal(0.2, result.Estimate!.Value, 1e-12);
        Assert.Equal(Verdict.NotReproduced, result.Verdict);
    }

    [Fact]
    public void Restores_NothingLost_HasNoNumber() => IsUnknown(RecoveryClaims.Restores(Study(Point("sft", 20, Record(50, 15, 21)))), "nothing to restore");

    [Fact]
    public void Window_GainInTheMiddleOnly_IsReproduced()
    {
        var result = RecoveryClaims.Window(Study());
        Assert.Equal(0.30, result.Estimate!.Value, 1e-12);
        Assert.Equal(Verdict.Reproduced, result.Verdict);
        Assert.Equal(6, result.Records.Count);
    }

    [Fact]
    public void Window_LargerGainsOutside_IsNotReproduced() =>
        Assert.Equal(Verdict.NotReproduced, RecoveryClaims.Window(Study(Point("recovery", 20, Record(60, 55, 100)), Point("recovery", 800, Record(95, 8, 70)))).Verdict);

    [Fact]
    public void Window_WithoutTheEarlyRun_SaysSo() => IsUnknown(RecoveryClaims.Window(Without("recovery", 20)), "recovery at step 20");

    [Fact]
    public void Window_EarlyIsTheClaimStep_HasNoNumber() => IsUnknown(RecoveryClaims.Window(Study() with { EarlyStep = 300 }), "does not lie between");

    [Fact]
    public void BelowBest_RecoveryUnderTheBest_IsReproduced()
    {
        var result = RecoveryClaims.BelowBest(Study());
        Assert.Equal(0.10, result.Estimate!.Value, 1e-12);
        Assert.Equal(Verdict.Reproduced, result.Verdict);
    }

    [Fact]
    public void RotationNotValues_AnglesAboveTheirNullAndValuesNot_IsReproduced()
    {
        var result = RotationClaims.RotationNotValues(WithSpectra(angle: 0.15));
        Assert.Equal(Math.Log(1.5), result.Estimate!.Value, 0.05);
        Assert.Equal((Verdict.Reproduced, 28), (result.Verdict, result.Clusters));
        Assert.Equal(Verdict.NotReproduced, RotationClaims.RotationNotValues(WithSpectra(angle: 0.1)).Verdict);
    }

    [Fact]
    public void RotationNotValues_AMatrixBelowRounding_HasNoNumber() => IsUnknown(RotationClaims.RotationNotValues(WithSpectra(angle: 1e-8)), "0 of 28");

    [Fact]
    public void RotationPredicts_AngleFollowsAccuracyBeyondTime_IsMeasured()
    {
        // Angle and accuracy share a component that does not follow the step.
        int[] wave = [0, 3, 1, 4, 2, 5, 1, 3, 0, 4, 2, 5];
        var points = wave.Select((w, i) => Point("sft", 10 * (i + 1), Record(50, 60 - (2 * i) - (4 * w), 70))).ToArray();
        var spectra = wave.Select((w, i) => new ClaimPair<SpectraResult>("base", string.Create(CultureInfo.InvariantCulture, $"sft-{10 * (i + 1)}"), Spectra(0.1 + (0.01 * i) + (0.02 * w)), $"s{i}"));
        var inputs = Study(points) with { Spectra = [.. spectra] };
        var result = RotationClaims.RotationPredicts(inputs);
        Assert.True(result.Estimate > 0.9);
        Assert.Equal((Verdict.Reproduced, 12), (result.Verdict, result.Clusters));
        IsUnknown(RotationClaims.RotationPredicts(inputs with { Spectra = [.. inputs.Spectra.Take(9)] }), "9 checkpoints");
    }

    [Fact]
    public void DirectionsRestore_BetterThanRollbackAndRandom_IsReproduced()
    {
        var draws = Enumerable.Repeat(Record(90, 8, 10), InterventionClaim.FewestDraws).ToArray();
        var result = InterventionClaim.DirectionsRestore(WithIntervention(false, Record(90, 20, 40), Record(90, 15, 25), draws));
        Assert.Equal(0.15, result.Estimate!.Value, 1e-12);
        Assert.Equal(0.30, Assert.Single(result.Controls).Estimate!.Value, 1e-12);
        Assert.Equal(Verdict.Reproduced, result.Verdict);
    }

    [Fact]
    public void DirectionsRestore_FewDraws_IsInconclusive()
    {
        var result = InterventionClaim.DirectionsRestore(WithIntervention(false, Record(90, 20, 40), Record(90, 15, 25), Record(90, 8, 10)));
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("at least 20 draws", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DirectionsRestore_Saturated_HasNoNumber() => IsUnknown(InterventionClaim.DirectionsRestore(WithIntervention(true, Record(90, 20, 40), Record(90, 15, 25), Record(90, 8, 10))), "Saturated");

    [Fact]
    public void DirectionsRestore_WithoutRandomDraws_IsUnknown() => IsUnknown(InterventionClaim.DirectionsRestore(WithIntervention(false, Record(90, 20, 40), Record(90, 15, 25))), "random directions");

    [Fact]
    public void All_OfAnEmptyExperiment_AreInconclusiveWithReasons()
    {
        var results = ExperimentClaims.All(Study() with { Points = [] });
        Assert.Equal(["forgets", "rl-improves", "rl-restores", "window", "rl-below-best", "rotation-not-values", "rotation-predicts", "directions-restore"], results.Select(result => result.Claim));
        Assert.All(results, result => IsUnknown(result, ""));
        Assert.All(results, result => Assert.NotEmpty(result.Reason));
    }

    [Fact]
    public void All_RecordsOfPartOfTheReportingSet_AreInconclusive()
    {
        var evaluation = new Kernels.Presets.NanoPreset().Evaluation(1);
        IsUnknown(ForgettingClaim.Forgets(Study() with { Evaluation = evaluation }), "whole reporting set");
    }

    /// <summary>All right or all wrong: nothing can differ, and no claim has a number.</summary>
    [Theory]
    [InlineData(0, "none")]
    [InlineData(Clusters, "all")]
    public void All_EveryAnswerAlike_SaySaturated(int solved, string word)
    {
        var alike = Record(solved, solved, solved);
        var draws = Enumerable.Repeat(alike, InterventionClaim.FewestDraws).ToArray();
        var inputs = Study([.. Study().Points.Select(point => point with { Record = alike })]) with { Interventions = WithIntervention(false, alike, alike, draws).Interventions };
        var claims = ExperimentClaims.All(inputs).Where(claim => !claim.Claim.StartsWith("rotation-", StringComparison.Ordinal)).ToArray();
        Assert.Equal(6, claims.Length);
        Assert.All(claims, claim => IsUnknown(claim, $"Saturated: every record solves {word}"));
    }

    [Fact]
    public void RotationPredicts_EveryCheckpointAlike_SaysSaturated()
    {
        var points = Enumerable.Range(1, 12).Select(i => Point("sft", 10 * i, Record(50, 0, 0))).ToArray();
        var spectra = Enumerable.Range(1, 12).Select(i => new ClaimPair<SpectraResult>("base", string.Create(CultureInfo.InvariantCulture, $"sft-{10 * i}"), Spectra(0.01 * i), $"s{i}"));
        IsUnknown(RotationClaims.RotationPredicts(Study(points) with { Spectra = [.. spectra] }), "Saturated: every checkpoint has an OOD accuracy of 0");
    }

    private static SpectraResult Spectra(double angle) => new("a", "b",
    [
        .. Enumerable.Range(0, 28).Select(i => new MatrixSpectrum(
            string.Create(CultureInfo.InvariantCulture, $"m{i}"), i / 7, "w", 8, 8, [1], [1], 0.1, 0.01 * (1 + (0.001 * i)), 0.01, 5, 0.1,
            [new SubspaceRotation(0.10, 1, [angle], [angle], angle, 0.1, 0.09, 0.11, 0.1, 1, angle < 3e-7)])),
    ]);

    private static ClaimInputs WithSpectra(double angle) => Study() with { Spectra = [new ClaimPair<SpectraResult>("best", "end", Spectra(angle), "spectra")] };

    private static ClaimInputs WithIntervention(bool saturated, EvaluationRecord edited, EvaluationRecord rollback, params EvaluationRecord[] random)
    {
        var outcome = new InterventionOutcome(new InterventionEdit(InterventionKind.RestoreDirections, 0.2), 1, 2, 0.5, saturated, edited, rollback, random);
        return Study() with { Interventions = [new ClaimPair<InterventionResult>("best", "end", new InterventionResult("a", "b", [outcome], rollback, rollback), "interventions")] };
    }
}
