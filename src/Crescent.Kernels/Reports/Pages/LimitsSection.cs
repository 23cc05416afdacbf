using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Reports.Pages;

/// <summary>What the results do not show, and what came out against expectation: derived from the findings, so that it cannot be forgotten.</summary>
public static class LimitsSection
{
    public static void Write(Html html, ReportSpec spec, ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(html);
        html.Raw("<h3>Negative results</h3>");
        List(html, [.. Negative(result)], "None: every claim above was reproduced.");
        html.Raw("<h3>Limits</h3>");
        List(html, [.. Limits(spec, result)], "");
    }

    /// <summary>Claims that did not hold, recoveries that made things worse, edits that no rollback matches.</summary>
    public static IEnumerable<string> Negative(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (var claim in result.Claims.Where(c => c.Verdict == Verdict.NotReproduced))
        {
            yield return $"Not reproduced: {Lower(ClaimSection.Title(claim.Claim))}.";
        }

        foreach (var claim in result.Claims.Where(c => c.Verdict == Verdict.Inconclusive))
        {
            yield return $"Inconclusive: {Lower(ClaimSection.Title(claim.Claim))}. {claim.Reason}";
        }

        foreach (var c in result.Checkpoints)
        {
            if (c.Recovery is { } r && r.Gain.OutOfDistribution.WithinTries.High < 0)
            {
                yield return $"RL from step {c.Step} lowered OOD accuracy {Wording.Tries(result.Tries)}: {Wording.Difference(r.Gain.OutOfDistribution.WithinTries)}.";
            }
        }

        foreach (var c in result.Checkpoints)
        {
            if (c.Recovery is { } r && r.Gain.OutOfDistribution.FirstTry is { Low: <= 0 } first && r.Gain.OutOfDistribution.WithinTries.Low > 0)
            {
                yield return $"The gain from step {c.Step} is certain only with revision: at the first try it is {Wording.Difference(first)}.";
            }
        }

        foreach (var entry in result.Interventions.Where(e => e.Saturated))
        {
            yield return $"The edit \u201c{InterventionsFigure.Edit(entry)}\u201d of {Wording.End(entry.To)} moves the weights at least as far as a full copy of {Wording.End(entry.From)}; it has no fair control.";
        }
    }

    private static IEnumerable<string> Limits(ReportSpec spec, ExperimentResultDocument result)
    {
        yield return "One seed: the intervals cover the deals, not training. A verdict here is about this run; a study needs five seeds.";
        yield return "The best checkpoint was chosen on a quarter of the value multisets; all accuracies here are of the other three quarters, which no choice used.";
        yield return "The split is over evaluation deals. Training draws fresh deals of any multiset, so in-distribution accuracy is partly recall of what was solved before; out-of-distribution accuracy tests which rule is followed.";
        yield return $"The step of the recovery claims ({result.ClaimStep}) was fixed in the spec before the run. The other checkpoints are a scan, to be read as exploration.";
        yield return $"The reporting deals were looked at with {result.ReportingLooks} models; every look beyond the stated claims is exploration.";
        if (result.Window is { } window)
        {
            yield return Window(window);
        }

        foreach (var (name, accuracy) in Saturated(result))
        {
            yield return $"Saturated: {name} is {Wording.Accuracy(accuracy)} exactly, so its interval rests on the number of multisets alone.";
        }

        if (spec.Evaluation.ReportingShare < 1)
        {
            yield return $"Only a share of {spec.Evaluation.ReportingShare.ToString(System.Globalization.CultureInfo.InvariantCulture)} of the reporting multisets was evaluated.";
        }

        var small = result.Checkpoints.SelectMany(c => new[] { c.InDistribution.FirstTry.Episodes, c.OutOfDistribution.FirstTry.Episodes }).Where(n => n < 200).ToArray();
        if (small.Length > 0)
        {
            yield return $"{small.Length} accuracies rest on fewer than 200 episodes.";
        }

        var rounding = result.Spectra.Count(m => m.Rotations.Any(r => r.BelowRounding));
        if (rounding > 0)
        {
            yield return $"{rounding} of {result.Spectra.Count} matrices have an angle below what rounding to 32 bits alone can cause.";
        }
    }

    private static string Window(RecoveryWindow window) => (window.CertainFrom, window.PossibleFrom) switch
    {
        (null, null) => "Recovery window: no start checkpoint has a gain, and the intervals leave none that matters.",
        (null, { } from) => $"Recovery window: no start checkpoint has a certain gain; one that matters is possible from step {from} to {window.PossibleTo}{Open(window)}.",
        ({ } from, _) => $"Recovery window: the gain is certain from step {from} to {window.CertainTo}, and one that matters possible from step {window.PossibleFrom} to {window.PossibleTo}{Open(window)}. The scan is coarse: the ends lie between neighbouring checkpoints.",
    };

    private static string Open(RecoveryWindow window) => (window.OpenBefore, window.OpenAfter) switch
    {
        (true, true) => ", that is, everywhere that was scanned",
        (true, false) => ", the first checkpoint scanned",
        (false, true) => ", the last checkpoint scanned",
        _ => "",
    };

    private static IEnumerable<(string Name, double Accuracy)> Saturated(ExperimentResultDocument result) =>
        from c in result.Checkpoints
        from v in new[] { (Name: "ID", Accuracy: c.InDistribution), (Name: "OOD", Accuracy: c.OutOfDistribution) }
        from t in new[] { (Name: "at the first try", v.Accuracy.FirstTry), (Name: Wording.Tries(result.Tries), v.Accuracy.WithinTries) }
        where t.Item2.Accuracy is 0 or 1
        select ($"{v.Name} accuracy {t.Name} at step {c.Step}", t.Item2.Accuracy);

    private static string Lower(string title) => title.StartsWith("RL", StringComparison.Ordinal) || title.StartsWith("SFT", StringComparison.Ordinal) ? title : char.ToLowerInvariant(title[0]) + title[1..];

    private static void List(Html html, IReadOnlyList<string> items, string none)
    {
        if (items.Count == 0)
        {
            html.Add($"<p>{none}</p>");
            return;
        }

        html.Raw("<ul>");
        foreach (var item in items)
        {
            html.Add($"<li>{item}</li>");
        }

        html.Raw("</ul>");
    }
}
