using System.Globalization;
using Crescent.Kernels.Models;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Figures;
using Crescent.Kernels.Reports.Pages;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports;

/// <summary><c>report.html</c>: one self-contained page without script, fonts or anything else from elsewhere.</summary>
public static class ReportPage
{
    /// <param name="records">The evaluation, spectra and intervention records that the report was made from, by name, with their SHA-256.</param>
    /// <param name="artifacts">The other files of the report.</param>
    public static string Render(
        ReportSpec spec, ExperimentResultDocument result, IReadOnlyList<Figure> figures, IReadOnlyList<(string Name, string Sha256)> records, IReadOnlyList<ReportArtifact> artifacts)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(artifacts);
        var html = new Html();
        html.Raw("""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            """);
        html.Add($"<title>{spec.Question}</title>").Raw("<style>").Raw(ReportStyle.Css).Raw(ChartStyle.Css).Raw("</style>\n</head>\n<body>\n<header>");
        Header(html, spec, result);
        html.Raw("</header>\n<main>\n<section id=\"verdicts\">\n<h2>Verdicts</h2>");
        html.Add($"<p>Each claim was stated with its criterion before the run; x is SFT step {result.ClaimStep}, fixed in the spec, and OOD@{result.Tries} means solved within {result.Tries} tries under the other rule.");
        html.Raw("<em>Reproduced</em>: the interval lies above 0, the estimate reaches the smallest difference that matters, and the control holds;");
        html.Raw("<em>not reproduced</em>: the interval lies below that difference; otherwise <em>inconclusive</em>. In the small drawings the solid line is 0, the dashed line that difference.</p>");
        ClaimSection.Write(html, result.Claims);
        html.Raw("</section>\n<section id=\"figures\">\n<h2>Figures</h2>");
        for (var i = 0; i < figures.Count; i++)
        {
            Draw(html, spec, figures[i], i + 1);
        }

        html.Raw("</section>\n<section id=\"checkpoints\">\n<h2>Accuracy by SFT checkpoint</h2>");
        Checkpoints(html, result);
        ComputeSection.Write(html, result.Compute);
        html.Raw("</section>\n<section id=\"limits\">\n<h2>Limits and negative results</h2>");
        LimitsSection.Write(html, spec, result);
        html.Raw("</section>\n<section id=\"records\">\n<h2>Records and files</h2>");
        Files(html, spec, records, artifacts);
        html.Raw("</section>\n</main>\n<footer>Made by Crescent from the records above. Equal records give this page again, byte for byte.</footer>\n</body>\n</html>");
        return html.ToString();
    }

    private static void Header(Html html, ReportSpec spec, ExperimentResultDocument result)
    {
        html.Raw("""<p class="kicker">Crescent · report of an experiment</p>""").Add($"<h1>{spec.Question}</h1>");
        foreach (var sentence in Summary(result))
        {
            html.Add($"""<p class="lede">{sentence}</p>""");
        }

        html.Raw("""<dl class="facts">""");
        foreach (var (term, value) in Facts(spec, result))
        {
            html.Add($"<div><dt>{term}</dt><dd>{value}</dd></div>");
        }

        html.Raw("""
            </dl>
            <aside class="note"><p><strong>What “out of distribution” means here.</strong> The other rule is outside SFT: SFT and recovery train on one rule only.
            It is not outside the base model, which saw both rules before. These results are about what SFT does to a skill that the model already had, not about learning a rule never seen.</p></aside>
            """);
    }

    /// <summary>The main findings in sentences, with their intervals.</summary>
    private static IEnumerable<string> Summary(ExperimentResultDocument result)
    {
        var (best, end) = (result.Checkpoints.FirstOrDefault(c => c.Step == result.BestStep), result.Checkpoints.FirstOrDefault(c => c.Step == result.EndStep));
        if (best is not null && end is not null && best != end)
        {
            yield return $"From SFT step {best.Step} to {end.Step}, accuracy at the first try goes from {Wording.Accuracy(best.InDistribution.FirstTry)} to {Wording.Accuracy(end.InDistribution.FirstTry)} under the rule trained on, "
                + $"and from {Wording.Accuracy(best.OutOfDistribution.FirstTry)} to {Wording.Accuracy(end.OutOfDistribution.FirstTry)} under the other rule.";
        }

        if (result.Checkpoints.FirstOrDefault(c => c.Step == result.ClaimStep)?.Recovery is { } recovery)
        {
            yield return $"RL on the trained rule from step {result.ClaimStep} changes accuracy under the other rule {Wording.Tries(result.Tries)} by {Wording.Difference(recovery.Gain.OutOfDistribution.WithinTries)}"
                + (recovery.Share is { } share ? $", a share of {Lettering.Number(share.Estimate, 2)} [{Lettering.Number(share.Low, 2)}, {Lettering.Number(share.High, 2)}] of what SFT had lost." : ".");
        }
    }

    private static IEnumerable<(string Term, string Value)> Facts(ReportSpec spec, ExperimentResultDocument result)
    {
        var (model, task) = (spec.Evaluation.Model, spec.Evaluation.Task);
        var parameters = DecoderLayout.Tensors(model).Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b));
        yield return ("Model", $"decoder, {model.Layers} layers \u00d7 {model.HiddenSize}, {model.Heads} heads, {parameters.ToString("N0", CultureInfo.InvariantCulture)} parameters");
        foreach (var (term, value) in task.Facts)
        {
            yield return (term, value);
        }

        var first = result.Checkpoints.Count > 0 ? result.Checkpoints[0] : null;
        var (inside, outside) = (first?.InDistribution.FirstTry, first?.OutOfDistribution.FirstTry);
        var deals = inside is null || outside is null ? "" : $"; {inside.Episodes} ID and {outside.Episodes} OOD deals of {inside.Clusters} and {outside.Clusters} multisets";
        yield return ("Evaluation", $"greedy, up to {result.Tries} tries{deals}");
        yield return ("SFT steps: best OOD, claims, end", $"{result.BestStep}, {result.ClaimStep}, {result.EndStep}");
        yield return ("Seed", spec.Seed.ToString(CultureInfo.InvariantCulture));
        yield return ("Experiment", spec.Experiment);
        yield return ("Spec", Wording.Abbreviate(spec.SpecHash));
        if (spec.Engine is { } engine)
        {
            yield return ("Engine", engine);
        }
    }

    private static void Draw(Html html, ReportSpec spec, Figure figure, int number)
    {
        html.Add($"""<figure id="figure-{figure.Name}"><h3>Figure {number}. {figure.Title}</h3>""").Raw("<div class=\"scroll\">" + figure.ToInlineSvg() + "</div>");
        html.Add($"<figcaption>{figure.Caption}</figcaption>");
        html.Add($"""<code class="command">crescent figure get {spec.Experiment} {figure.Name} -o svg</code>""");
        html.Add($"<details><summary>Data of this figure ({figure.Table.Rows.Count} rows)</summary>");
        html.Table(figure.Table.Columns.Select(c => c.Label), figure.Table.Rows.Select(row => row.Select(FigureTable.Format)), i => figure.Table.Columns[i].Decimals is not null);
        html.Raw("</details></figure>");
    }

    private static void Checkpoints(Html html, ExperimentResultDocument result)
    {
        html.Add($"<p>Accuracy with 95 % intervals clustered by value multiset. \u201cWithin\u201d allows {result.Tries} tries. The shaded row is the best checkpoint by OOD accuracy on separate deals.</p>");
        html.Raw("""
            <div class="scroll"><table>
            <thead><tr><th class="number">Step</th><th>ID, first try</th><th>ID, within</th><th>OOD, first try</th><th>OOD, within</th>
            <th>After RL: ID, within</th><th>After RL: OOD, within</th><th>OOD gain, within</th></tr></thead>
            <tbody>
            """);
        foreach (var c in result.Checkpoints)
        {
            html.Raw(c.Step == result.BestStep ? """<tr class="best">""" : "<tr>").Add($"""<td class="number">{c.Step}</td>""");
            foreach (var variant in new[] { c.InDistribution, c.OutOfDistribution })
            {
                Cell(html, variant.FirstTry);
                Cell(html, variant.WithinTries);
            }

            Cell(html, c.Recovery?.InDistribution.WithinTries);
            Cell(html, c.Recovery?.OutOfDistribution.WithinTries);
            Cell(html, c.Recovery?.Gain.OutOfDistribution.WithinTries);
            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div>");
        if (result.Checkpoints.Any(c => c.HeldOut is not null))
        {
            HeldOut(html, result);
        }

        if (result.Controls.Count > 0)
        {
            Controls(html, result);
        }
    }

    private static void HeldOut(Html html, ExperimentResultDocument result)
    {
        html.Raw("""
            <h3 class="after">Held-out variant</h3>
            <p>Only evaluated: no training, that of the base included, has seen it.</p>
            <div class="scroll"><table>
            <thead><tr><th class="number">Step</th><th>First try</th><th>Within</th><th>After RL, within</th><th>Gain, first try</th><th>Gain, within</th></tr></thead>
            <tbody>
            """);
        foreach (var c in result.Checkpoints)
        {
            html.Raw(c.Step == result.BestStep ? """<tr class="best">""" : "<tr>").Add($"""<td class="number">{c.Step}</td>""");
            Cell(html, c.HeldOut?.FirstTry);
            Cell(html, c.HeldOut?.WithinTries);
            Cell(html, c.Recovery?.HeldOut?.WithinTries);
            Cell(html, c.Recovery?.Gain.HeldOut?.FirstTry);
            Cell(html, c.Recovery?.Gain.HeldOut?.WithinTries);
            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div>");
    }

    private static void Controls(Html html, ExperimentResultDocument result)
    {
        html.Raw("""
            <h3 class="after">Controls</h3>
            <div class="scroll"><table>
            <thead><tr><th>Run</th><th class="number">From step</th><th>ID, within</th><th>OOD, within</th><th>OOD gain, first try</th><th>OOD gain, within</th></tr></thead>
            <tbody>
            """);
        foreach (var arm in result.Controls)
        {
            html.Add($"""<tr><td>{ReportRoles.Label(arm.Role)}</td><td class="number">{arm.Step}</td>""");
            Cell(html, arm.InDistribution.WithinTries);
            Cell(html, arm.OutOfDistribution.WithinTries);
            Cell(html, arm.Gain.OutOfDistribution.FirstTry);
            Cell(html, arm.Gain.OutOfDistribution.WithinTries);
            html.Raw("</tr>");
        }

        html.Raw("</tbody></table></div>");
    }

    private static void Cell(Html html, AccuracyInterval? value) => Cell(html, value is null ? null : (Wording.Accuracy(value.Accuracy), Wording.Interval(value.Low, value.High)));

    private static void Cell(Html html, DifferenceInterval? value) =>
        Cell(html, value is null ? null : (Lettering.Difference(value.Difference, 3), $"[{Lettering.Difference(value.Low, 3)}, {Lettering.Difference(value.High, 3)}]"));

    private static void Cell(Html html, (string Estimate, string Interval)? value)
    {
        if (value is { } shown)
        {
            html.Add($"""<td>{shown.Estimate}<br><span class="interval">{shown.Interval}</span></td>""");
        }
        else
        {
            html.Raw("<td class=\"muted\">\u2013</td>");
        }
    }

    private static void Files(Html html, ReportSpec spec, IReadOnlyList<(string Name, string Sha256)> records, IReadOnlyList<ReportArtifact> artifacts)
    {
        html.Raw("<p>Every number above comes from these records, which hold each episode as it was answered; every point, bar and cell of the figures leads to its own. Any of them, and any file below, can be had by its SHA-256.</p>");
        html.Add($"""<p><code class="command">crescent artifact download {spec.Experiment} SHA256</code></p>""");
        html.Add($"<details open><summary>Records ({records.Count})</summary>");
        html.Raw("""<div class="scroll"><table><thead><tr><th>Record</th><th>SHA-256; download where this page is served by Crescent</th></tr></thead><tbody>""");
        foreach (var (name, sha256) in records.DistinctBy(r => r.Sha256))
        {
            html.Add($"""<tr id="record-{sha256}"><td>{name}</td><td><a href="artifacts/{sha256}" download>{sha256}</a></td></tr>""");
        }

        html.Raw("</tbody></table></div>");
        html.Raw("</details>").Add($"<details open><summary>Files of this report ({artifacts.Count})</summary>");
        html.Table(["File", "Kind", "Bytes", "SHA-256"], artifacts.Select(a => new[] { a.Name, a.Kind, a.Bytes.ToString(CultureInfo.InvariantCulture), a.Sha256 }), i => i == 2);
        html.Raw("</details>");
    }
}
