using System.Globalization;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Crescent.Server.Studies;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Crescent.Cli.Studies;

/// <summary>A study and its experiments as text.</summary>
internal static class StudyTable
{
    private const int BarWidth = 20;

    /// <summary>One sentence: how many experiments are in which phase.</summary>
    public static string Line(StudyView view) =>
        $"Study {view.Study.Id} ({view.Study.Name}) is {view.Study.Phase}: {string.Join(", ", view.Phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Value} {phase.Key}")))}.";

    public static IRenderable Of(StudyView view, DateTimeOffset now)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in (ReadOnlySpan<string>)["Cell", "Seed", "Experiment", "Phase", "Runs", "Time", ""])
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]") { NoWrap = column is not ("Cell" or "") });
        }

        foreach (var cell in view.Cells)
        {
            table.AddRow(
                Markup.Escape(cell.Cell),
                cell.Seed.ToString(CultureInfo.InvariantCulture),
                Markup.Escape(cell.Experiment),
                RunStyle.Phase(cell.Phase),
                Runs(cell),
                Time(cell, now),
                Markup.Escape(cell.Error ?? ""));
        }

        return table;
    }

    /// <summary>The live picture: a line an experiment with a bar over its runs; those under way and failed first where not all fit.</summary>
    /// <param name="hint">What Ctrl-C does here.</param>
    public static IRenderable Board(StudyView view, DateTimeOffset now, int width, int height, string hint)
    {
        var rows = Math.Max(3, height - 4);
        var shown = view.Cells.Count <= rows ? view.Cells.ToHashSet() : view.Cells.OrderBy(cell => Rank(cell.Phase)).ThenByDescending(cell => cell.FinishedAt).Take(rows).ToHashSet();
        var seedWidth = view.Cells.Max(cell => Seed(cell).Length);
        var nameWidth = Math.Clamp(view.Cells.Max(cell => cell.Cell.Length), 8, Math.Max(8, width - seedWidth - BarWidth - 30));
        List<IRenderable> lines = [Text($"[bold]{Markup.Escape(view.Study.Name)}[/]  {Markup.Escape(view.Study.Id)}  {RunStyle.Phase(view.Study.Phase)}  [grey]{Elapsed(view.Study.CreatedAt, view.Study.FinishedAt ?? now)}[/]")];
        foreach (var cell in view.Cells.Where(shown.Contains))
        {
            var share = cell.Runs is { Planned: > 0 } runs ? (double)runs.Ended / runs.Planned : 0;
            var filled = (int)Math.Round(share * BarWidth);
            var name = cell.Cell;
            name = name.Length <= nameWidth ? name.PadRight(nameWidth) : name[..(nameWidth - 1)] + "…";
            lines.Add(Text($"{Markup.Escape(name)} {Seed(cell).PadLeft(seedWidth)} [{RunStyle.Color(cell.Phase)}]{new string('━', filled)}[/][grey23]{new string('━', BarWidth - filled)}[/] {Count(cell).PadLeft(7)} {Time(cell, now).PadLeft(8)} {RunStyle.Phase(cell.Phase)}"));
        }

        var hidden = view.Cells.Count - shown.Count;
        var done = view.Cells.Count(cell => cell.Phase == "succeeded");
        lines.Add(Text($"[grey]{Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{done} of {view.Cells.Count} experiments done{(hidden > 0 ? $" ({hidden} not shown)" : "")}. {hint}"))}[/]"));
        return new Rows(lines);
    }

    /// <summary>The cell with its seed, as it stands in a line.</summary>
    public static string Name(StudyCellView cell) => $"{cell.Cell} {Seed(cell)}";

    public static string Time(StudyCellView cell, DateTimeOffset now) => cell.StartedAt is { } start ? Elapsed(start, cell.FinishedAt ?? now) : "";

    private static string Seed(StudyCellView cell) => string.Create(CultureInfo.InvariantCulture, $"#{cell.Seed}");

    private static string Elapsed(DateTimeOffset from, DateTimeOffset to) => Amounts.Duration((to - from).TotalSeconds);

    private static string Runs(StudyCellView cell) =>
        Count(cell) + (cell.Runs is { Cached: > 0 and var cached } ? string.Create(CultureInfo.InvariantCulture, $" [grey]({cached} cached)[/]") : "");

    private static string Count(StudyCellView cell) => cell.Runs is { } runs ? string.Create(CultureInfo.InvariantCulture, $"{runs.Ended}/{runs.Planned}") : "";

    private static int Rank(string phase) => phase switch
    {
        "running" => 0,
        "failed" => 1,
        "succeeded" => 3,
        _ => 2,
    };

    private static Markup Text(string markup) => new(markup) { Overflow = Overflow.Crop };
}
