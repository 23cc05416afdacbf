using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Pages;

namespace Crescent.Kernels.Studies;

/// <summary>The report of a study: one self-contained page without script, fonts or anything else from elsewhere.</summary>
public static class StudyPage
{
    /// <param name="link">The address of an experiment's own report.</param>
    public static string Render(StudyResultDocument study, IReadOnlyList<Figure> figures, Func<string, string> link)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(figures);
        ArgumentNullException.ThrowIfNull(link);
        var html = new Html();
        html.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Add($"<title>{study.Name}</title>").Raw("<style>").Raw(ReportStyle.Css).Raw(ChartStyle.Css).Raw("</style>\n</head>\n<body>\n<header>");
        html.Raw("""<p class="kicker">Crescent · report of a study</p>""").Add($"<h1>{study.Question}</h1>");
        var (counted, all) = (study.Cells.Sum(cell => cell.Experiments.Count(one => one.Counted)), study.Cells.Sum(cell => cell.Experiments.Count));
        html.Add($"<p class=\"lede\">{study.Name}: {counted} of {all} experiments count, in {study.Cells.Count} cell{(study.Cells.Count == 1 ? "" : "s")}. The unit is the seed, which varies base, SFT and RL together: every interval is Student's t over one value a seed, at 95 %. A verdict needs {VerdictRule.FewestSeeds} seeds; what has not run stands as not run.</p>");
        html.Raw("""
            <aside class="note"><p><strong>What “out of distribution” means here.</strong> The other rule is outside SFT; it is not outside the base model, which saw both rules before.</p></aside>
            </header>
            <main>
            """);
        if (study.Claims.Count > 0)
        {
            html.Raw("<section id=\"conclusions\"><h2>What the study concludes</h2>\n<p>Claims that no single experiment can state. Holm's correction runs over these and the claims of all cells below.</p>");
            ClaimSection.Write(html, [.. study.Claims.Select(claim => claim.Claim)], [.. study.Claims.Select(StudyWording.Cells)]);
            html.Raw("</section>");
        }

        html.Raw("<section id=\"cells\"><h2>Cells</h2>\n<p>Mean over seeds with its 95 % interval below; a single seed has none.</p>");
        StudyTables.Cells(html, study);
        StudyTables.Windows(html, study);
        StudyTables.Comparisons(html, study);
        html.Raw("</section>\n<section id=\"figures\"><h2>Figures</h2>");
        foreach (var (i, figure) in figures.Index())
        {
            html.Add($"<figure id=\"figure-{figure.Name}\"><h3>Figure {i + 1}. {figure.Title}</h3>").Raw("<div class=\"scroll\">" + figure.ToInlineSvg() + "</div>").Add($"<figcaption>{figure.Caption}</figcaption>");
            html.Add($"""<code class="command">crescent study figure get {study.Study} {figure.Name} -o svg</code></figure>""");
        }

        StudyTables.Edits(html, study);
        html.Raw("</section>\n<section id=\"claims\"><h2>Claims of each cell</h2>");
        foreach (var cell in study.Cells)
        {
            html.Add($"<h3 class=\"after\">{cell.Cell}</h3>");
            if (cell.Claims.Count == 0)
            {
                html.Raw("<p class=\"muted\">No experiment of this cell has stated a claim yet.</p>");
            }
            else
            {
                ClaimSection.Write(html, cell.Claims);
            }
        }

        StudyTables.Outcomes(html, study);
        StudyTables.Compute(html, study);
        html.Raw("</section>\n<section id=\"experiments\"><h2>Experiments</h2>\n<div class=\"scroll\"><table><thead><tr><th>Cell</th><th class=\"number\">Seed</th><th>Experiment</th><th>Phase</th></tr></thead><tbody>");
        foreach (var cell in study.Cells)
        {
            foreach (var one in cell.Experiments)
            {
                html.Add($"<tr><td>{cell.Cell}</td><td class=\"number\">{one.Seed}</td><td><a href=\"{link(one.Id)}\">{one.Id}</a></td><td>{one.Phase}</td></tr>");
            }
        }

        html.Raw("</tbody></table></div></section>\n</main>\n<footer>Made by Crescent from the results of the experiments above. Equal results give this page again, byte for byte.</footer>\n</body>\n</html>");
        return html.ToString();
    }
}
