using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Crescent.Cli.Experiments;

/// <summary>The live picture of an experiment: one line a run with bar, rate, remaining time and latest figures. What does not fit the terminal is counted instead.</summary>
internal static class ProgressBoard
{
    private const int BarWidth = 22;

    public static IRenderable Render(ExperimentView view, int height, int width)
    {
        var experiment = view.Experiment;
        var grid = new Grid();
        grid.AddColumn(new GridColumn().NoWrap().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap().PadRight(1));
        grid.AddColumn(new GridColumn().NoWrap().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap().RightAligned().PadRight(2));
        grid.AddColumn(new GridColumn().NoWrap());
        var shown = Choose(view.Runs, Math.Max(4, height - 4));
        foreach (var run in shown)
        {
            grid.AddRow(Row(run, width));
        }

        var hidden = view.Runs.Except(shown).ToList();
        return new Rows(
            new Markup($"[bold]{Markup.Escape(experiment.Name)}[/] {Markup.Escape(experiment.Id)}  {RunStyle.Phase(experiment.Phase)}  [grey]{(experiment.ElapsedSeconds is { } elapsed ? Amounts.Duration(elapsed) : "")}[/]"),
            grid,
            new Markup($"[grey]{Markup.Escape(Footer(view.Runs, hidden))}[/]"));
    }

    /// <summary>Running and failed runs first, then the last to finish, then the next to start; shown in the plan's order.</summary>
    private static List<RunView> Choose(IReadOnlyList<RunView> runs, int rows)
    {
        if (runs.Count <= rows)
        {
            return [.. runs];
        }

        var chosen = runs.OrderBy(run => Rank(run.Phase))
            .ThenByDescending(run => run.FinishedAt ?? DateTimeOffset.MinValue)
            .Take(rows)
            .ToHashSet();
        return [.. runs.Where(chosen.Contains)];
    }

    private static int Rank(string phase) => phase switch
    {
        "running" => 0,
        "failed" => 1,
        "pausing" or "paused" or "cancelling" => 2,
        "succeeded" => 3,
        _ => 4,
    };

    private static string[] Row(RunView run, int width)
    {
        var progress = run.Progress;
        var amount = progress is { Total: > 0 } ? $"{progress.Done}/{progress.Total}" : "";
        var note = run.Error ?? (run.Phase == "running" || width > 110 ? progress?.Note : null) ?? "";
        var detail = run.Cached ? "[grey]from cache[/]" : run.Phase == "running" && progress?.State == "queued" ? "[grey]waits for a free slot[/]" : Markup.Escape(Shorten(note, Math.Max(12, width - 86)));
        return
        [
            Markup.Escape(Shorten(run.Title, 34)),
            Bar(run),
            $"[grey]{amount}[/]",
            run.Phase == "running" && progress?.Rate is { } rate and > 0 ? $"[grey]{Amounts.Rate(rate)}[/]" : "",
            run.Phase == "running" && progress?.RemainingSeconds is { } remaining ? $"{Amounts.Duration(remaining)} left" : Took(run),
            detail,
        ];
    }

    private static string Took(RunView run) => run is { StartedAt: { } start, FinishedAt: { } end, Cached: false } ? $"[grey]{Amounts.Duration((end - start).TotalSeconds)}[/]" : "";

    private static string Bar(RunView run)
    {
        var share = run.Phase == "succeeded" ? 1 : run.Progress is { Total: > 0 } progress ? Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 0;
        var filled = (int)Math.Round(share * BarWidth);
        return $"[{RunStyle.Color(run.Phase)}]{new string('━', filled)}[/][grey23]{new string('━', BarWidth - filled)}[/]";
    }

    private static string Footer(IReadOnlyList<RunView> all, List<RunView> hidden)
    {
        var done = all.Count(run => run.Phase == "succeeded");
        var text = $"{done} of {all.Count} runs done";
        if (hidden.Count > 0)
        {
            text += $"; not shown: {hidden.Count(run => run.Phase == "succeeded")} done, {hidden.Count(run => run.Phase != "succeeded")} waiting";
        }

        return text + ". Ctrl-C detaches, the experiment goes on.";
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
