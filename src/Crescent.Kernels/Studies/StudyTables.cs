using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Pages;

namespace Crescent.Kernels.Studies;

/// <summary>The tables of a study's page.</summary>
internal static class StudyTables
{
    /// <summary>A table a topic: cells down, quantities across.</summary>
    public static void Cells(Html html, StudyResultDocument study)
    {
        var found = study.Cells.SelectMany(cell => cell.Quantities).Where(quantity => quantity.Step is null).Select(quantity => quantity.Name).ToHashSet(StringComparer.Ordinal);
        if (found.Count == 0)
        {
            html.Raw("<p class=\"muted\">Nothing counts yet.</p>");
        }

        foreach (var topic in StudyQuantities.All.Where(quantity => found.Contains(quantity.Name)).GroupBy(quantity => quantity.Topic))
        {
            html.Add($"<h3 class=\"after\">{topic.Key}</h3>");
            Begin(html, ["Cell", "Seeds", .. topic.Select(quantity => quantity.Label)]);
            foreach (var cell in study.Cells)
            {
                var values = topic.Select(quantity => cell.Quantities.FirstOrDefault(value => value.Name == quantity.Name && value.Step is null)).ToList();
                var seeds = values.OfType<StudyQuantity>().Select(value => value.Seeds).DefaultIfEmpty(0).ToList();
                html.Add($"<tr><td>{cell.Cell}</td><td class=\"number\">{(seeds.Min() == seeds.Max() ? $"{seeds.Min()}" : $"{seeds.Min()}\u2013{seeds.Max()}")}</td>");
                foreach (var value in values)
                {
                    Estimate(html, value is null ? null : (StudyWording.Value(value.Name, value.Mean), StudyWording.Range(value.Low, value.High, StudyQuantities.IsDifference(value.Name))));
                }

                html.Raw("</tr>");
            }

            End(html);
        }
    }

    public static void Comparisons(Html html, StudyResultDocument study)
    {
        if (study.Comparisons.Count == 0)
        {
            return;
        }

        html.Add($"<h3 class=\"after\">Against {study.Comparisons[0].Reference}, paired by seed (exploratory)</h3>");
        html.Raw("<p>Differences of each cell from the first one; p after Benjamini and Hochberg's correction over this table. No verdict follows from it.</p>");
        Begin(html, ["Quantity", "Cell", "Difference, 95 % interval", "Seeds", "p"]);
        foreach (var quantity in study.Comparisons.GroupBy(found => found.Quantity).OrderBy(group => StudyQuantities.All.ToList().FindIndex(known => known.Name == group.Key)))
        {
            foreach (var (i, found) in quantity.Index())
            {
                html.Add($"<tr><td>{(i == 0 ? $"{StudyQuantities.Topic(quantity.Key)}: {StudyQuantities.Label(quantity.Key)}" : "")}</td><td>{found.Cell}</td>");
                Estimate(html, (Lettering.Difference(found.Difference, 3), StudyWording.Range(found.Low, found.High, difference: true)));
                html.Add($"<td class=\"number\">{found.Seeds}</td><td class=\"number\">{(found.Low is null ? "" : StudyWording.PValue(found.FalseDiscovery))}</td></tr>");
            }
        }

        End(html);
    }

    public static void Windows(Html html, StudyResultDocument study)
    {
        var cells = study.Cells.Where(cell => cell.Window is not null).ToList();
        if (cells.Count == 0)
        {
            return;
        }

        html.Raw("<h3 class=\"after\">Recovery window (exploratory)</h3>");
        html.Raw("<p>The SFT steps from which RL helps out of distribution within all tries: for certain where the interval over seeds lies above 0, possibly where it reaches the smallest gain that matters. The true ends lie between the two.</p>");
        html.Table(["Cell", "RL helps for certain from", "possibly from"], cells.Select(cell => { var (certain, possible) = StudyWording.Window(cell.Window!); return (IEnumerable<string>)[cell.Cell, certain, possible]; }), _ => false);
    }

    public static void Edits(Html html, StudyResultDocument study)
    {
        if (study.Edits.Count == 0)
        {
            return;
        }

        html.Raw("</section>\n<section id=\"edits\"><h2>Edits of the weights</h2>");
        html.Raw("<p>Exploratory: the accuracy out of distribution, within all tries, of the edited model minus that of its control of the same norm. An edit speaks for directions only where it beats both a straight step back and random directions. p after Benjamini and Hochberg's correction over this table.</p>");
        Begin(html, ["Edit", "Cell", "Against", "Difference, 95 % interval", "Seeds", "p"]);
        foreach (var found in study.Edits)
        {
            html.Add($"<tr><td>{found.Edit}<br><span class=\"interval\">{found.To} towards {found.From}</span></td><td>{found.Cell}</td><td>{(found.Control == StudyEdit.Rollback ? "rollback" : "random directions")}</td>");
            Estimate(html, (Lettering.Difference(found.Difference, 3), StudyWording.Range(found.Low, found.High, difference: true)));
            html.Add($"<td class=\"number\">{found.Seeds}</td><td class=\"number\">{(found.Low is null ? "" : StudyWording.PValue(found.FalseDiscovery))}</td></tr>");
        }

        End(html);
    }

    public static void Outcomes(Html html, StudyResultDocument study)
    {
        if (study.Outcomes.Count == 0)
        {
            return;
        }

        html.Raw("</section>\n<section id=\"outcomes\"><h2>What does not count, or says nothing</h2>");
        html.Table(["Cell", "Seed", "Outcome", "Cause"], study.Outcomes.Select(outcome => (IEnumerable<string>)[outcome.Cell, FormattableString.Invariant($"{outcome.Seed}"), outcome.Kind.Replace('-', ' '), outcome.Cause]), column => column == 1);
    }

    public static void Compute(Html html, StudyResultDocument study)
    {
        if (study.Compute is not { } all)
        {
            return;
        }

        html.Raw("</section>\n<section id=\"compute\"><h2>Compute</h2>");
        html.Raw("<p>FLOPs for a model of N parameters: 6 N a trained token, 2 N a scored or generated one; spectra and interventions also count the operations of their decompositions. Work that several experiments share is counted once for the study and once for each cell that uses it, so that cells add up to more. Seconds are those of the jobs, one after the other.</p>");
        string[] heads = ["", "Stage", "Jobs", "Trained tokens", "Scored tokens", "Generated tokens", "FLOPs", "Time"];
        html.Table(heads, Rows("the study", all), column => column > 1);
        if (study.Cells.Count > 1)
        {
            html.Raw("<details><summary>By cell</summary>");
            html.Table(heads, study.Cells.Where(cell => cell.Compute is not null).SelectMany(cell => Rows(cell.Cell, cell.Compute!)), column => column > 1);
            html.Raw("</details>");
        }
    }

    private static IEnumerable<IEnumerable<string>> Rows(string of, StudyCompute compute)
    {
        foreach (var (i, stage) in compute.Stages.Index())
        {
            yield return [i == 0 ? of : "", stage.Stage, StudyWording.Count(stage.Jobs), .. Use(stage.Use), StudyWording.Seconds(stage.Seconds)];
        }

        yield return ["", "all", StudyWording.Count(compute.Stages.Sum(stage => stage.Jobs)), .. Use(compute.Total), StudyWording.Seconds(compute.Seconds)];
    }

    private static string[] Use(Accounting.ComputeUse? use) => use is null
        ? ["\u2013", "\u2013", "\u2013", "\u2013"]
        : [StudyWording.Count(use.TrainedTokens), StudyWording.Count(use.ScoredTokens), StudyWording.Count(use.GeneratedTokens), StudyWording.Flops(use.Flops)];

    private static void Begin(Html html, IEnumerable<string> heads)
    {
        html.Raw("<div class=\"scroll\"><table><thead><tr>");
        foreach (var head in heads)
        {
            html.Raw(head is "Seeds" or "p" ? "<th class=\"number\">" : "<th>").Add($"{head}</th>");
        }

        html.Raw("</tr></thead><tbody>");
    }

    private static void End(Html html) => html.Raw("</tbody></table></div>");

    private static void Estimate(Html html, (string Mean, string Interval)? value)
    {
        if (value is { } shown)
        {
            html.Add($"<td>{shown.Mean}").Raw(shown.Interval.Length == 0 ? "</td>" : "<br>").Raw(shown.Interval.Length == 0 ? "" : $"<span class=\"interval\">{SvgWriter.Escape(shown.Interval)}</span></td>");
        }
        else
        {
            html.Raw("<td class=\"muted\">\u2013</td>");
        }
    }
}
