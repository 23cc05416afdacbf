using System.Globalization;
using Crescent.Cli.Terminal;
using Crescent.Kernels.Accounting;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary>What an experiment has computed and used, a row a stage or a run, and all of it.</summary>
internal static class ComputeTable
{
    public static Table Of(ExperimentCompute compute, bool runs)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in new[] { runs ? "Run" : "Stage", "Tokens", "FLOPs", "Share", "Time", "Energy" })
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]") { NoWrap = true, Alignment = column is "Run" or "Stage" ? Justify.Left : Justify.Right });
        }

        var rows = runs
            ? compute.Runs.Select(run => (run.Run, run.Figures))
            : ComputeRoles.Group(compute.Runs, run => run.Role).Select(stage => (ComputeRoles.Label(stage.Key), Sum([.. stage.Select(run => run.Figures)])));
        foreach (var (name, figures) in rows.Append(("All", compute.Total)))
        {
            table.AddRow(
                Markup.Escape(name),
                figures.Tokens.ToString("N0", CultureInfo.InvariantCulture),
                figures.Flops.ToString("0.00e+0", CultureInfo.InvariantCulture),
                compute.Total.Flops > 0 ? (figures.Flops / compute.Total.Flops).ToString("0.0 %", CultureInfo.InvariantCulture) : "",
                Amounts.Duration(figures.Seconds),
                figures.Joules is { } joules ? joules.ToString("N0", CultureInfo.InvariantCulture) + " J" : "");
        }

        return table;
    }

    private static ComputeFigures Sum(IReadOnlyList<ComputeFigures> figures) => new(
        figures.Sum(part => part.Tokens), figures.Sum(part => part.Flops), figures.Sum(part => part.Seconds), figures.Any(part => part.Joules is not null) ? figures.Sum(part => part.Joules ?? 0) : null);
}
