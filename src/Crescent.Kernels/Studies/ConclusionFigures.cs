using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Figures;
using Crescent.Kernels.Reports.Pages;

namespace Crescent.Kernels.Studies;

/// <summary>Figures <c>conclusions</c> and <c>edits</c>: the claims across cells, and the edits against their controls.</summary>
internal static class ConclusionFigures
{
    public const string Conclusions = "conclusions";

    public static IEnumerable<Figure> Of(StudyResultDocument study)
    {
        var claims = study.Claims.Where(claim => claim.Claim.Estimate is not null).ToList();
        if (claims.Count > 0)
        {
            yield return Claims(claims);
        }

        if (study.Edits.Count > 0)
        {
            yield return Edits(study);
        }
    }

    private static Figure Claims(IReadOnlyList<StudyClaim> claims) => ForestFigure.Draw(
        Conclusions,
        "What the study concludes",
        "The claims across cells: the filled mark is the mean over seeds with its 95 % t interval, small hollow marks are single seeds, the dashed line is the smallest difference that matters. A claim is reproduced where the interval lies right of 0, the mean reaches the dashed line and the claim's controls hold.",
        [.. claims.Select(claim => new ForestRow(
            [claim.Claim.Claim, .. Lines(claim)],
            [new ForestMark("rl", MarkShape.Diamond, claim.Claim.Estimate!.Value, claim.Claim.Low, claim.Claim.High, [.. (claim.Claim.PerSeed ?? []).Select(seed => seed.Estimate)])],
            claim.Claim.SmallestDifference))],
        [],
        "difference in OOD accuracy",
        new FigureTable(
            [new("claim", "Claim"), new("cells", "Cells"), new("seed", "Seed"), new("estimate", "Estimate", Wording.Decimals), new("low", "Low", Wording.Decimals), new("high", "High", Wording.Decimals), new("smallest", "Smallest that matters", Wording.Decimals), new("verdict", "Verdict")],
            claims.SelectMany(Rows)));

    private static IEnumerable<IReadOnlyList<FigureCell>> Rows(StudyClaim claim)
    {
        var (name, cells, found) = (claim.Claim.Claim, StudyWording.Cells(claim), claim.Claim);
        yield return [name, cells, "all", found.Estimate, found.Low, found.High, found.SmallestDifference, ClaimSection.Word(found.Verdict)];
        foreach (var seed in found.PerSeed ?? [])
        {
            yield return [name, cells, FormattableString.Invariant($"{seed.Seed}"), seed.Estimate, (double?)null, (double?)null, found.SmallestDifference, ""];
        }
    }

    /// <summary>The cells in lines of a label; of a longer series its ends.</summary>
    private static IEnumerable<string> Lines(StudyClaim claim) => claim.Cells switch
    {
        [var one] => [one],
        [var one, var other] => [one, $"{(claim.Claim.Claim == ClaimCriteria.ObjectiveBeatsSft ? "against" : "to")} {other}"],
        [var first, .., var last] => [first, $"to {last}"],
        _ => [],
    };

    private static Figure Edits(StudyResultDocument study)
    {
        var many = study.Cells.Count > 1;
        return ForestFigure.Draw(
            "edits",
            "Edits of the weights against their controls",
            "Accuracy out of distribution, within all tries, of the edited model minus its control of the same norm: mean over seeds with its 95 % t interval. Exploratory. An edit speaks for directions only where it beats both controls; one that moves the weights as far as a full copy has no rollback.",
            [.. study.Edits.GroupBy(edit => (edit.Cell, edit.From, edit.To, edit.Edit)).Select(edit => new ForestRow(
                [edit.Key.Edit, .. many ? [edit.Key.Cell] : Array.Empty<string>()],
                [.. edit.Select(found => new ForestMark(Hue(found.Control), Shape(found.Control), found.Difference, found.Low, found.High, []))]))],
            [("Edited minus rollback", Hue(StudyEdit.Rollback), Shape(StudyEdit.Rollback)), ("Edited minus random directions", Hue(StudyEdit.RandomDirections), Shape(StudyEdit.RandomDirections))],
            "difference in OOD accuracy",
            new FigureTable(
                [new("cell", "Cell"), new("from", "From"), new("to", "To"), new("edit", "Edit"), new("control", "Control"), new("difference", "Difference", Wording.Decimals), new("low", "Low", Wording.Decimals), new("high", "High", Wording.Decimals), new("seeds", "Seeds", 0), new("p", "p, Benjamini-Hochberg", Wording.Decimals)],
                study.Edits.Select(edit => (IReadOnlyList<FigureCell>)[edit.Cell, edit.From, edit.To, edit.Edit, edit.Control, edit.Difference, edit.Low, edit.High, edit.Seeds, edit.Low is null ? (double?)null : edit.FalseDiscovery])));
    }

    private static string Hue(string control) => control == StudyEdit.Rollback ? "ood" : "id";

    private static MarkShape Shape(string control) => control == StudyEdit.Rollback ? MarkShape.Circle : MarkShape.Square;
}
