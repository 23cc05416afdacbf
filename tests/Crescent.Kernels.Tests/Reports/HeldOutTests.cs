using System.Xml.Linq;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Tests.Reports;

/// <summary>A third variant in findings, tables and figures: here the deals out of distribution once more, so that it must come out as they do.</summary>
public sealed class HeldOutTests
{
    private static readonly ExperimentResultDocument Without = ExperimentFindings.Of(SyntheticExperiment.Spec, SyntheticExperiment.Inputs(SyntheticExperiment.Spec));
    private static readonly ExperimentResultDocument With = ExperimentFindings.Of(SyntheticExperiment.Spec, HeldOut(SyntheticExperiment.Inputs(SyntheticExperiment.Spec)));

    [Fact]
    public void Findings_RecordsWithAThirdVariant_HaveItEverywhere()
    {
        Assert.All(With.Checkpoints, checkpoint => Assert.Equal(checkpoint.OutOfDistribution, checkpoint.HeldOut));
        Assert.All(With.Checkpoints.Where(checkpoint => checkpoint.Recovery is not null), checkpoint =>
        {
            Assert.Equal(checkpoint.Recovery!.OutOfDistribution, checkpoint.Recovery.HeldOut);
            Assert.Equal(checkpoint.Recovery.Gain.OutOfDistribution, checkpoint.Recovery.Gain.HeldOut);
        });
        Assert.All(With.Controls, arm => Assert.Equal(arm.OutOfDistribution, arm.HeldOut));
        Assert.All(With.AccuracyByTries, tries => Assert.Equal(tries.OutOfDistribution, tries.HeldOut));
        Assert.Equal(JobJson.Write(Without.Claims), JobJson.Write(With.Claims));
    }

    [Fact]
    public void Write_RecordsWithoutAThirdVariant_SayNothingOfIt() => Assert.DoesNotContain("heldOut", JobJson.Write(Without), StringComparison.Ordinal);

    [Fact]
    public void RecoveryFigure_AThirdVariant_HasAPanelAndRows()
    {
        var (two, three) = (RecoveryFigure.Draw(Without), RecoveryFigure.Draw(With));

        Assert.True(three.Height > two.Height);
        Assert.DoesNotContain("held-out", two.ToCsv(), StringComparison.Ordinal);
        Assert.Equal(two.Table.Rows.Count * 3 / 2, three.Table.Rows.Count);
        Assert.Equal("svg", XDocument.Parse(three.ToSvg()).Root!.Name.LocalName);
        Assert.Contains("Held-out variant", three.ToSvg(), StringComparison.Ordinal);
        Assert.Contains(",held-out,", TriesFigure.Draw(With).ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public void CheckpointTable_AThirdVariant_HasItsColumns()
    {
        Assert.DoesNotContain("Held out", CheckpointTable.Render(Without), StringComparison.Ordinal);
        var lines = CheckpointTable.Render(With).Split('\n');
        Assert.EndsWith("RL from it: held out", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(3).Take(With.Checkpoints.Count), line => Assert.Matches(@"(\]|-)$", line));
    }

    private static ClaimInputs HeldOut(ClaimInputs inputs) => inputs with
    {
        Points = [.. inputs.Points.Select(point => point with { Record = point.Record with { Episodes = [.. point.Record.Episodes, .. Further(point.Record)] } })],
    };

    private static IEnumerable<EvaluationEpisode> Further(EvaluationRecord record) =>
        from episode in record.Episodes where episode.Variant == EvaluationVariant.OutOfDistribution select episode with { Variant = EvaluationVariant.HeldOut };
}
