using System.Globalization;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Pages;
using Crescent.Kernels.Studies;
using Spectre.Console;

namespace Crescent.Cli.Studies;

/// <summary>A study's result for a terminal: what it concludes, then its cells quantity by quantity, then what does not count.</summary>
internal static class StudyReportTable
{
    /// <summary>Columns that a quantity's numbers and its difference take.</summary>
    private const int BesideCells = 84;

    public static void Write(IAnsiConsole console, StudyResultDocument study)
    {
        var (counted, all) = (study.Cells.Sum(cell => cell.Experiments.Count(one => one.Counted)), study.Cells.Sum(cell => cell.Experiments.Count));
        console.MarkupLineInterpolated($"[bold]{study.Name}[/]  {study.Study}");
        console.MarkupLineInterpolated($"{study.Question}");
        console.MarkupLineInterpolated($"[grey]{counted} of {all} experiments count, in {study.Cells.Count} cell{(study.Cells.Count == 1 ? "" : "s")}. Means over seeds with 95 % t intervals; a verdict needs {VerdictRule.FewestSeeds} seeds.[/]");
        Claims(console, "Claims across cells", study.Claims.Select(claim => (StudyWording.Cells(claim), claim.Claim)), study.Cells.Count);
        Cells(console, study);
        Windows(console, study);
        Edits(console, study);
        Claims(console, "Claims of the cells", study.Cells.SelectMany(cell => cell.Claims.Select(claim => (cell.Cell, claim))), study.Cells.Count);
        Outcomes(console, study);
        Compute(console, study);
    }

    private static void Claims(IAnsiConsole console, string title, IEnumerable<(string Of, ClaimResult Claim)> claims, int cells)
    {
        var rows = claims.ToList();
        if (rows.Count == 0)
        {
            return;
        }

        var table = Table(console, title, ["Claim", "!Estimate", "95 % interval", "!Seeds", "Verdict"]);
        foreach (var (of, claim) in rows)
        {
            table.AddRow(
                Markup.Escape(claim.Claim) + (cells > 1 ? $"\n[grey]{Markup.Escape(of)}[/]" : ""),
                claim.Estimate is { } estimate ? Lettering.Difference(estimate, 3) : "[grey]\u2013[/]",
                StudyWording.Range(claim.Low, claim.High, difference: true) is { Length: > 0 } range ? Markup.Escape(range) : "",
                claim.Seeds.ToString(CultureInfo.InvariantCulture),
                $"[{Color(claim.Verdict)}]{ClaimSection.Word(claim.Verdict).Replace('-', ' ')}[/]" + (claim.Reason.Length == 0 ? "" : $"\n[grey]{Markup.Escape(claim.Reason)}[/]"));
        }

        console.Write(table);
    }

    /// <summary>Quantity by quantity, its cells below each other, so that they can be compared.</summary>
    private static void Cells(IAnsiConsole console, StudyResultDocument study)
    {
        var found = study.Cells.SelectMany(cell => cell.Quantities.Where(quantity => quantity.Step is null).Select(quantity => (cell.Cell, Quantity: quantity))).ToLookup(pair => pair.Quantity.Name);
        var many = study.Cells.Count > 1;

        // Cells' names stay in one line where there is room beside the numbers.
        var heading = many && console.Profile.Width >= study.Cells.Max(cell => cell.Cell.Length) + BesideCells ? "Quantity" : "Quantity ";
        foreach (var topic in StudyQuantities.All.Where(quantity => found.Contains(quantity.Name) || study.Comparisons.Any(other => other.Quantity == quantity.Name)).GroupBy(quantity => quantity.Topic))
        {
            var table = Table(console, topic.Key, many ? [heading, "!Mean", "95 % interval", "!Seeds", "!Against first", "95 % interval"] : [heading, "!Mean", "95 % interval", "!Seeds"]);
            foreach (var quantity in topic)
            {
                if (many)
                {
                    table.AddRow(quantity.Label, "", "", "", "", "");
                }

                foreach (var cell in study.Cells)
                {
                    var value = found[quantity.Name].Where(pair => pair.Cell == cell.Cell).Select(pair => pair.Quantity).FirstOrDefault();
                    var against = study.Comparisons.FirstOrDefault(other => other.Cell == cell.Cell && other.Quantity == quantity.Name);
                    if (value is null && against is null)
                    {
                        continue;
                    }

                    string[] row =
                    [
                        many ? $"  [grey]{Markup.Escape(cell.Cell)}[/]" : quantity.Label,
                        value is null ? "" : StudyWording.Value(value.Name, value.Mean),
                        value is null ? "" : Markup.Escape(StudyWording.Range(value.Low, value.High, StudyQuantities.IsDifference(value.Name))),
                        (value?.Seeds ?? against!.Seeds).ToString(CultureInfo.InvariantCulture),
                    ];
                    string[] difference = [against is null ? "" : Lettering.Difference(against.Difference, 3), against is null ? "" : Markup.Escape(StudyWording.Range(against.Low, against.High, difference: true))];
                    table.AddRow(many ? [.. row, .. difference] : row);
                }
            }

            console.Write(table);
        }
    }

    private static void Windows(IAnsiConsole console, StudyResultDocument study)
    {
        var cells = study.Cells.Where(cell => cell.Window is not null).ToList();
        if (cells.Count == 0)
        {
            return;
        }

        var table = Table(console, "Recovery window (exploratory)", ["Cell", "RL helps for certain from", "possibly from"]);
        foreach (var cell in cells)
        {
            var (certain, possible) = StudyWording.Window(cell.Window!);
            table.AddRow(Markup.Escape(cell.Cell), certain, possible);
        }

        console.Write(table);
    }

    private static void Edits(IAnsiConsole console, StudyResultDocument study)
    {
        if (study.Edits.Count == 0)
        {
            return;
        }

        var table = Table(console, "Edits of the weights against their controls (exploratory)", ["Edit", "Against", "!Difference", "95 % interval", "!Seeds"]);
        foreach (var edit in study.Edits)
        {
            table.AddRow(
                Markup.Escape(study.Cells.Count > 1 ? $"{edit.Edit}, {edit.Cell}" : edit.Edit), edit.Control.Replace('-', ' '), Lettering.Difference(edit.Difference, 3),
                Markup.Escape(StudyWording.Range(edit.Low, edit.High, difference: true)), edit.Seeds.ToString(CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private static void Outcomes(IAnsiConsole console, StudyResultDocument study)
    {
        if (study.Outcomes.Count == 0)
        {
            return;
        }

        var table = Table(console, "What does not count, or says nothing", ["Cell", "!Seed", "Outcome", "Cause"]);
        foreach (var outcome in study.Outcomes)
        {
            table.AddRow(Markup.Escape(outcome.Cell), outcome.Seed.ToString(CultureInfo.InvariantCulture), outcome.Kind.Replace('-', ' '), Markup.Escape(outcome.Cause));
        }

        console.Write(table);
    }

    private static void Compute(IAnsiConsole console, StudyResultDocument study)
    {
        if (study.Compute is not { } compute)
        {
            return;
        }

        var table = Table(console, "Compute, shared work counted once", ["Stage", "!Jobs", "!Tokens", "!FLOPs", "!Time"]);
        foreach (var stage in compute.Stages)
        {
            table.AddRow(
                Markup.Escape(stage.Stage), StudyWording.Count(stage.Jobs), stage.Use is { } use ? Tokens(use) : "[grey]\u2013[/]", stage.Use is { } spent ? StudyWording.Flops(spent.Flops) : "[grey]\u2013[/]", StudyWording.Seconds(stage.Seconds));
        }

        table.AddRow("all", StudyWording.Count(compute.Stages.Sum(stage => stage.Jobs)), Tokens(compute.Total), StudyWording.Flops(compute.Total.Flops), StudyWording.Seconds(compute.Seconds));
        console.Write(table);
    }

    private static string Tokens(Kernels.Accounting.ComputeUse use) => StudyWording.Count(use.TrainedTokens + use.ScoredTokens + use.GeneratedTokens);

    /// <summary>A heading that begins with <c>!</c> stands over numbers.</summary>
    private static Table Table(IAnsiConsole console, string title, IReadOnlyList<string> headings)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{title}[/]");
        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in headings)
        {
            var number = heading[0] == '!';
            table.AddColumn(new TableColumn($"[grey]{Markup.Escape(number ? heading[1..] : heading)}[/]") { Alignment = number ? Justify.Right : Justify.Left, NoWrap = heading is "95 % interval" or "!Mean" or "!Estimate" or "Quantity" });
        }

        return table;
    }

    private static string Color(Verdict verdict) => verdict switch { Verdict.Reproduced => "green", Verdict.NotReproduced => "red", _ => "yellow" };
}
