using System.Xml.Linq;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;

namespace Crescent.Kernels.Tests.Studies;

/// <summary>What a study shows without a verdict: windows, edits, quantities, comparisons.</summary>
public sealed class StudyScansTests
{
    private static readonly double[] Jitter = [0, 0.01, -0.01];

    [Fact]
    public void Window_GainsOverSeeds_IsCertainInTheMiddle()
    {
        var runs = Seeds().Select(seed => MadeResult.Run("a", seed, MadeResult.Of(
            seed, [(0, 0.2, 0.4), (20, 0.5, 0.4), (100, 0.8, 0.3), (200, 0.9, 0.1)], (20, 0.4 + (2 * Jitter[seed - 1])), (100, 0.4 + Jitter[seed - 1]), (200, 0.1 + (Jitter[seed - 1] / 10)))));

        var window = Study([.. runs]).Cells[0].Window!;

        Assert.Equal((100, 100), (window.CertainFrom, window.CertainTo));
        Assert.Equal(20, window.PossibleFrom);
        Assert.Equal(100, window.PossibleTo);
    }

    [Fact]
    public void Figures_ClaimsAndEdits_AreDrawnWithTheirRows()
    {
        StudyRun[] runs =
        [
            .. from cell in new[] { "sft", "eksft with a name that is much too long for the room that there is before the plot" }
               from seed in Seeds()
               select MadeResult.Run(cell, seed, MadeResult.Of(seed, [(0, 0.2, 0.4), (100, 0.8, 0.5), (200, 0.9, (cell == "sft" ? 0.3 : 0.4) + Jitter[seed - 1])]) with { Interventions = [Entry(0.2, 0.5, 0.3, 0.3, saturated: false)] }, MadeResult.Setting(cell == "sft" ? "sft" : "eksft")),
        ];

        var figures = StudyFigures.Of(Study(runs));

        Assert.Equal(["conclusions", "cells", "window", "edits"], figures.Select(figure => figure.Name));
        Assert.Equal([4, 4], new[] { figures[0], figures[3] }.Select(figure => figure.Table.Rows.Count));
        Assert.All(figures, figure => Assert.Equal("svg", XDocument.Parse(figure.ToSvg()).Root!.Name.LocalName));
        Assert.Contains("\u2026", figures[0].ToSvg(), StringComparison.Ordinal);
        Assert.Contains("objective-beats-sft,", figures[0].ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public void Window_OneSeed_IsNone() => Assert.Null(Study([MadeResult.Run("a", 1, MadeResult.Of(1, [(0, 0.2, 0.4), (100, 0.8, 0.3)], (100, 0.6)))]).Cells[0].Window);

    [Fact]
    public void Edits_EditThatBeatsItsControls_StandsOutInAScanWithoutAVerdict()
    {
        var runs = Seeds().Select(seed => MadeResult.Run("a", seed, MadeResult.Of(seed, []) with
        {
            Interventions = [Entry(0.2, 0.5 + (0.01 * seed), 0.3, 0.3, saturated: false), Entry(0.4, 0.3 + (0.01 * seed), 0.32, 0.32, saturated: true)],
        }));

        var edits = Study([.. runs]).Edits;

        Assert.Equal([("directions first 20 %", "rollback"), ("directions first 20 %", "random-directions"), ("directions first 40 %", "random-directions")], edits.Select(edit => (edit.Edit, edit.Control)));
        Assert.Equal(0.22, edits[0].Difference, 1e-9);
        Assert.True(edits[0].FalseDiscovery < 0.05 && edits[0].FalseDiscovery >= edits[0].PValue);
        Assert.True(edits[2].FalseDiscovery > 0.5);
    }

    [Fact]
    public void Quantities_OfAClaimStep_HaveFirstTryAllTriesAndHeldOut()
    {
        var result = MadeResult.Of(1, [(100, 0.8, 0.3), (200, 0.9, 0.1)], (100, 0.6));
        var point = result.Checkpoints[0];
        var heldOut = result with
        {
            Checkpoints = [.. result.Checkpoints.Select(checkpoint => checkpoint with { HeldOut = MadeResult.Both(0.25), Recovery = checkpoint.Recovery is null ? null : point.Recovery! with { HeldOut = MadeResult.Both(0.35), Gain = point.Recovery.Gain with { HeldOut = MadeResult.Gain(0.1) } } })],
            Claims = [new ClaimResult { Claim = ClaimCriteria.RotationPredicts, Criterion = "c", SmallestDifference = 0.3, Estimate = 0.6, Low = 0.1, High = 0.8, Clusters = 10, Verdict = Verdict.Reproduced }],
        };

        var found = StudyQuantities.Of(heldOut).Where(quantity => quantity.Step is null).ToDictionary(quantity => quantity.Name, quantity => quantity.Value);

        Assert.Equal(0.3, found[StudyQuantities.Gain], 1e-9);
        Assert.Equal(0.8, found[StudyQuantities.InDistributionBest], 1e-9);
        Assert.Equal(0.1, found[StudyQuantities.HeldOutGain], 1e-9);
        Assert.Equal(-0.6, found[StudyQuantities.Rotation], 1e-9);
        Assert.DoesNotContain(StudyQuantities.HeldOutEnd, StudyQuantities.Of(result).Select(quantity => quantity.Name));
        Assert.All(found.Keys, name => Assert.Contains(name, StudyQuantities.All.Select(known => known.Name)));
    }

    [Fact]
    public void Comparisons_OfTwoCells_HaveOutOfDistributionAtMatchedAccuracy()
    {
        StudyRun[] runs =
        [
            .. Seeds().Select(seed => MadeResult.Run("a", seed, MadeResult.Of(seed, [(0, 0.2, 0.4), (100, 0.8, 0.5), (200, 0.9, 0.3)]))),
            .. Seeds().Select(seed => MadeResult.Run("b", seed, MadeResult.Of(seed, [(0, 0.2, 0.4), (100, 0.8, 0.6 + Jitter[seed - 1])]))),
        ];

        var matched = Study(runs).Comparisons.Single(found => found.Quantity == StudyQuantities.Matched);

        Assert.Equal(0.1, matched.Difference, 1e-9);
        Assert.True(matched.Low > 0);
    }

    [Fact]
    public void Write_ResultWithoutHeldOut_LeavesItOutAndReadsOldDocuments()
    {
        var json = JobJson.Write(MadeResult.Of(1, [(100, 0.8, 0.3), (200, 0.9, 0.1)], (100, 0.6)));

        Assert.DoesNotContain("heldOut", json, StringComparison.Ordinal);
        Assert.Equal(json, JobJson.Write(JobJson.Read<ExperimentResultDocument>(json)));
    }

    private static InterventionEntry Entry(double share, double edited, double rollback, double random, bool saturated)
    {
        EditAccuracy Both(double ood) => new(MadeResult.Both(0.9), MadeResult.Both(ood));
        return new InterventionEntry("best", "end", new InterventionEdit(InterventionKind.RestoreDirections, share), 5, 1, 2, 0.5, saturated, Both(0.6), Both(0.2), Both(edited), Both(rollback), Both(random), "record");
    }

    private static IEnumerable<ulong> Seeds() => [1, 2, 3];

    private static StudyResultDocument Study(IReadOnlyList<StudyRun> runs) => StudyFindings.Of("s1", "study", "Why?", runs);
}
