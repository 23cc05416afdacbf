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
        html.Add($"<p class=\"lede\">{study.Name}: {counted} of {all} experiments count, in {study.Cells.Count} cells. The unit is the seed, which varies base, SFT and RL together: every interval is Student's t over one value a seed, at 95 %. A verdict needs {VerdictRule.FewestSeeds} seeds; what has not run stands as not run.</p>");
        html.Raw("""
            <aside class="note"><p><strong>What “out of distribution” means here.</strong> The other rule is outside SFT; it is not outside the base model, which saw both rules before.</p></aside>
            </header>
            <main>
            <section id="cells"><h2>Cells</h2>
            """);
        html.Table(
            ["Cell", "Quantity", "Mean", "95 % interval", "Seeds"],
            study.Cells.SelectMany(cell => cell.Quantities.Any(found => found.Step is null)
                ? cell.Quantities.Where(found => found.Step is null).Select(found => (IEnumerable<string>)[cell.Cell, StudyQuantities.Label(found.Name), Number(found.Mean), Range(found.Low, found.High), Lettering.Number(found.Seeds, 0)])
                : [[cell.Cell, "nothing counted yet", "", "", "0"]]),
            column => column is 2 or 4);
        Comparisons(html, study);
        html.Raw("</section>\n<section id=\"figures\"><h2>Figures</h2>");
        foreach (var figure in figures)
        {
            html.Add($"<figure id=\"figure-{figure.Name}\"><h3>{figure.Title}</h3>").Raw("<div class=\"scroll\">" + figure.ToInlineSvg() + "</div>").Add($"<figcaption>{figure.Caption}</figcaption></figure>");
        }

        html.Raw("</section>\n<section id=\"claims\"><h2>Claims</h2>");
        html.Add($"<p>Holm's correction runs over the primary claims of all cells.</p>");
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

        html.Raw("</section>\n<section id=\"experiments\"><h2>Experiments</h2>\n<div class=\"scroll\"><table><thead><tr><th>Cell</th><th>Seed</th><th>Experiment</th><th>Phase</th></tr></thead><tbody>");
        foreach (var cell in study.Cells)
        {
            foreach (var one in cell.Experiments)
            {
                html.Add($"<tr><td>{cell.Cell}</td><td>{one.Seed}</td><td><a href=\"{link(one.Id)}\">{one.Id}</a></td><td>{one.Phase}</td></tr>");
            }
        }

        html.Raw("</tbody></table></div></section>\n</main>\n<footer>Made by Crescent from the results of the experiments above. Equal results give this page again, byte for byte.</footer>\n</body>\n</html>");
        return html.ToString();
    }

    private static void Comparisons(Html html, StudyResultDocument study)
    {
        if (study.Comparisons.Count == 0)
        {
            return;
        }

        html.Add($"<h3 class=\"after\">Against {study.Comparisons[0].Reference}, paired by seed (exploratory)</h3>");
        html.Table(
            ["Cell", "Quantity", "Difference", "95 % interval", "Seeds", "p, Benjamini-Hochberg"],
            study.Comparisons.Select(found => (IEnumerable<string>)[found.Cell, StudyQuantities.Label(found.Quantity), Lettering.Difference(found.Difference, 3), Range(found.Low, found.High), Lettering.Number(found.Seeds, 0), Number(found.FalseDiscovery)]),
            column => column is 2 or 4 or 5);
    }

    private static string Number(double value) => Lettering.Number(value, 3);

    private static string Range(double? low, double? high) => low is { } from && high is { } to ? $"{Lettering.Difference(from, 3)} to {Lettering.Difference(to, 3)}" : "needs two seeds";
}
