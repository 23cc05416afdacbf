using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Tests.Reports;

public sealed class ExperimentFindingsTests
{
    private static readonly ClaimInputs Inputs = SyntheticExperiment.Inputs(SyntheticExperiment.Spec);
    private static readonly ExperimentResultDocument Result = ExperimentFindings.Of(SyntheticExperiment.Spec, Inputs);

    [Fact]
    public void Of_Recovery_GainIsTheDifferenceOfTheTwoAccuracies()
    {
        foreach (var c in Result.Checkpoints.Where(c => c.Recovery is not null))
        {
            var gain = c.Recovery!.Gain.OutOfDistribution.WithinTries;
            Assert.Equal(c.Recovery.OutOfDistribution.WithinTries.Accuracy - c.OutOfDistribution.WithinTries.Accuracy, gain.Difference, 12);
            Assert.InRange(gain.Difference, gain.Low, gain.High);
        }
    }

    [Fact]
    public void Of_PairedGain_IsNarrowerThanTheTwoIntervals()
    {
        var c = Result.Checkpoints.Single(c => c.Step == 300);
        var gain = c.Recovery!.Gain.OutOfDistribution.WithinTries;
        var (before, after) = (c.OutOfDistribution.WithinTries, c.Recovery.OutOfDistribution.WithinTries);

        Assert.True(gain.High - gain.Low < before.High - before.Low + after.High - after.Low);
    }

    [Fact]
    public void Of_BestCheckpoint_HasNoShare()
    {
        Assert.Null(Result.Checkpoints.Single(c => c.Step == 20).Recovery!.Share);
        Assert.InRange(Result.Checkpoints.Single(c => c.Step == 300).Recovery!.Share!.Value.Estimate, 0.1, 0.3);
    }

    [Fact]
    public void Of_ChoosingEpisodes_CountForNothing()
    {
        var points = Inputs.Points.Select(p => p with { Record = p.Record with { Episodes = [.. p.Record.Episodes, .. p.Record.Episodes.Select(e => e with { Split = DealSplit.Choosing, SolvedAt = 1 })] } });

        var result = ExperimentFindings.Of(SyntheticExperiment.Spec, Inputs with { Points = [.. points] });

        Assert.Equal(Result.Checkpoints, result.Checkpoints);
    }

    [Fact]
    public void Of_RecordsOverOtherDeals_SaysWhich()
    {
        var other = Inputs.Points[0].Record with { Episodes = [.. Inputs.Points[0].Record.Episodes.Select(e => e with { Cards = [.. e.Cards.Select(c => c + 20)] })] };
        var points = Inputs.Points.Select(p => p.Role == ReportRoles.Recovery ? p with { Record = other } : p);

        var error = Assert.Throws<CrescentException>(() => ExperimentFindings.Of(SyntheticExperiment.Spec, Inputs with { Points = [.. points] }));

        Assert.Equal("record-empty", error.Code);
    }

    [Fact]
    public void Of_Claims_AreThoseOfTheRecords() => Assert.Equal(ExperimentClaims.All(Inputs).Select(c => (c.Claim, c.Verdict, c.Estimate)), Result.Claims.Select(c => (c.Claim, c.Verdict, c.Estimate)));

    [Fact]
    public void Window_SyntheticExperiment_IsTheMiddle() => Assert.Equal([100, 300], RecoveredFractionFigure.Window(Result));
}
