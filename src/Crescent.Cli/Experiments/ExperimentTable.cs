using System.Globalization;
using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Crescent.Cli.Experiments;

/// <summary>Experiments and runs as tables.</summary>
internal static class ExperimentTable
{
    public static IRenderable OfList(IEnumerable<ExperimentSummary> experiments)
    {
        var table = Plain("Id", "Name", "Phase", "Created (UTC)", "Elapsed");
        foreach (var experiment in experiments)
        {
            table.AddRow(
                Markup.Escape(experiment.Id),
                Markup.Escape(experiment.Name),
                RunStyle.Phase(experiment.Phase),
                experiment.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                experiment.ElapsedSeconds is { } elapsed ? Amounts.Duration(elapsed) : "-");
        }

        return table;
    }

    public static void Write(IAnsiConsole console, ExperimentView view)
    {
        var experiment = view.Experiment;
        console.MarkupLineInterpolated($"[bold]{experiment.Name}[/]  {experiment.Id}");
        console.MarkupLineInterpolated($"{experiment.Question}");
        console.MarkupLine($"{RunStyle.Phase(experiment.Phase)}{(experiment.ElapsedSeconds is { } elapsed ? $", {Amounts.Duration(elapsed)}" : "")}");
        if (experiment.Error is { } error)
        {
            console.MarkupLineInterpolated($"[red]{error}[/]");
        }

        if (view.Warning is { } warning)
        {
            console.MarkupLineInterpolated($"[yellow]{warning}[/]");
        }

        console.WriteLine();
        console.Write(OfRuns(view.Runs));
    }

    private static Table OfRuns(IEnumerable<RunView> runs)
    {
        var table = Plain("Run", "Phase", "Progress", "Time", "Latest");
        foreach (var run in runs)
        {
            var progress = run.Progress;
            table.AddRow(
                Markup.Escape(run.Run),
                RunStyle.Phase(run.Wait is null ? run.Phase : "waiting") + (run.Cached ? " [grey](cache)[/]" : ""),
                progress is { Total: > 0 } ? Markup.Escape($"{progress.Done}/{progress.Total} {progress.Unit}") : "",
                progress?.RemainingSeconds is { } remaining ? $"{Amounts.Duration(remaining)} left"
                    : run is { StartedAt: { } start, FinishedAt: { } end, Cached: false } ? Amounts.Duration((end - start).TotalSeconds)
                    : "",
                Markup.Escape(run.Error ?? run.Wait?.Message ?? progress?.Note ?? ""));
        }

        return table;
    }

    private static Table Plain(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]") { NoWrap = column is "Id" or "Run" or "Time" });
        }

        return table;
    }
}
