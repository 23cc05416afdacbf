using System.Xml.Linq;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Statistics;
using Crescent.Kernels.Studies;

namespace Crescent.Kernels.Tests.Studies;

public sealed class StudyFindingsTests
{
    private static readonly double[] Lost = [0.10, 0.14, 0.08, 0.12, 0.11];

    [Fact]
    public void Of_FiveSeeds_AggregatesOverSeedsByStudentT()
    {
        var study = StudyFindings.Of("s1", "study", "Why?", [.. Runs("a", Lost)]);

        var forgetting = study.Cells[0].Quantities.Single(found => found.Name == StudyQuantities.Forgetting);
        var expected = SeedInterval.Of(Lost);
        Assert.Equal(expected.Estimate, forgetting.Mean, 12);
        Assert.Equal(expected.Low, forgetting.Low!.Value, 12);
        Assert.Equal(expected.High, forgetting.High!.Value, 12);
        Assert.Equal(5, forgetting.Seeds);
    }

    [Fact]
    public void Of_ClaimOfEverySeed_HasAVerdictFromFiveOnAndNoneBefore()
    {
        Assert.Equal(Verdict.Reproduced, Claim(StudyFindings.Of("s1", "study", "Why?", [.. Runs("a", Lost)])).Verdict);
        Assert.Equal(Verdict.Inconclusive, Claim(StudyFindings.Of("s1", "study", "Why?", [.. Runs("a", Lost).Take(4)])).Verdict);
    }

    [Fact]
    public void Of_ManyCells_CorrectsTheClaimsOfAllOfThemAsOneFamily()
    {
        var alone = Claim(StudyFindings.Of("s1", "study", "Why?", [.. Runs("a", Lost)]));
        var among = Claim(StudyFindings.Of("s1", "study", "Why?", [.. Runs("a", Lost), .. Runs("b", [0.01, -0.02, 0.03, 0, -0.01])]));

        Assert.Equal(alone.PValue, among.PValue);
        Assert.True(among.AdjustedPValue > alone.AdjustedPValue);
    }

    [Fact]
    public void Of_TwoCells_ComparesThemPairedBySeed()
    {
        var runs = Runs("a", Lost).Concat(Runs("b", [.. Lost.Select((lost, i) => lost + 0.02 + (i * 0.001))])).ToList();
        var study = StudyFindings.Of("s1", "study", "Why?", runs);

        var found = study.Comparisons.Single(other => other.Quantity == StudyQuantities.Forgetting);
        Assert.Equal(("b", "a", 5), (found.Cell, found.Reference, found.Seeds));
        Assert.Equal(0.022, found.Difference, 12);
        Assert.True(found.Low > 0.01 && found.FalseDiscovery < 0.05);
    }

    [Fact]
    public void Of_ExperimentsThatDidNotRun_StandAsNotRunAndCountForNothing()
    {
        var study = StudyFindings.Of("s1", "study", "Why?", [.. Runs("a", Lost).Take(1), new StudyRun("e9", "a", 9, null, null), new StudyRun("e8", "a", 8, "failed", null), new StudyRun("e7", "b", 1, null, null)]);

        Assert.Equal(["succeeded", "failed", "not run"], study.Cells[0].Experiments.Select(one => one.Phase));
        Assert.All(study.Cells[0].Quantities, found => Assert.Equal((1, null, null), (found.Seeds, found.Low, found.High)));
        Assert.Empty(study.Cells[1].Quantities);
        Assert.Empty(study.Comparisons);
        var page = StudyPage.Render(study, StudyFigures.Of(study), id => $"/{id}");
        Assert.Contains("not run", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/e9\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_OneOrManyCells_AreWellFormed()
    {
        var study = StudyFindings.Of("s1", "study", "Why?", [.. Runs("a <&> b", Lost), .. Runs("b", Lost)]);

        Assert.All(StudyFigures.Of(study), figure => Assert.Equal("svg", XDocument.Parse(figure.ToSvg()).Root!.Name.LocalName));
        Assert.Equal(["cells", "window"], StudyFigures.Of(study).Select(figure => figure.Name));
        Assert.Empty(StudyFigures.Of(StudyFindings.Of("s1", "study", "Why?", [new StudyRun("e1", "a", 1, null, null)])));
    }

    private static ClaimResult Claim(StudyResultDocument study) => study.Cells[0].Claims.Single(claim => claim.Claim == ClaimCriteria.Forgets);

    private static IEnumerable<StudyRun> Runs(string cell, IReadOnlyList<double> lost) =>
        lost.Select((value, i) => new StudyRun($"e{cell.Length}{i}", cell, (ulong)i + 1, "succeeded", Result((ulong)i + 1, value)));

    private static ExperimentResultDocument Result(ulong seed, double lost) => MadeResult.Of(seed, [(0, 0.2, 0.4), (100, 0.9, 0.5), (200, 0.9, 0.5 - lost)]) with { Claims = MadeResult.Forgets(lost) };
}
