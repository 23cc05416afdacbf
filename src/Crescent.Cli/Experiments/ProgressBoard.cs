using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Crescent.Cli.Experiments;

/// <summary>The live picture of an experiment: one line a run with bar, amount, rate, remaining time and latest figures. What does not fit the terminal is counted instead. Columns keep their places from one picture to the next.</summary>
internal static class ProgressBoard
{
    private const int AmountWidth = 9;
    private const int RateWidth = 7;
    private const int TimeWidth = 12;
    private const int Gaps = 5;

    /// <param name="hint">What Ctrl-C does here.</param>
    public static IRenderable Render(ExperimentView view, int width, int height, string hint)
    {
        var experiment = view.Experiment;
        var shown = Choose(view.Runs, Math.Max(4, height - (view.Warning is null ? 4 : 8)));
        var elapsed = experiment.ElapsedSeconds is { } seconds ? Amounts.Duration(seconds) : "";
        List<IRenderable> lines =
        [
            Line($"[bold]{Markup.Escape(Shorten(experiment.Name, Math.Max(8, width - 40)))}[/]  {Markup.Escape(experiment.Id)}  {RunStyle.Phase(experiment.Phase)}  [grey]{elapsed}[/]"),
            .. shown.Select(run => Line(Row(run, width - 1))),
            Line($"[grey]{Markup.Escape(Shorten(Footer(view.Runs, view.Runs.Except(shown).ToList(), hint), width - 1))}[/]"),
        ];
        if (view.Warning is { } warning)
        {
            lines.Add(new Markup($"[yellow]{Markup.Escape(warning)}[/]"));
        }

        return new Rows(lines);
    }

    /// <summary>Running and failed runs first, then the last to finish, then the next to start; shown in the plan's order.</summary>
    internal static List<RunView> Choose(IReadOnlyList<RunView> runs, int rows)
    {
        if (runs.Count <= rows)
        {
            return [.. runs];
        }

        var chosen = runs.OrderBy(run => Rank(run.Phase)).ThenByDescending(run => run.FinishedAt ?? DateTimeOffset.MinValue).Take(rows).ToHashSet();
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

    private static string Row(RunView run, int width)
    {
        var (titleWidth, barWidth) = width >= 120 ? (44, 22) : width >= 96 ? (34, 16) : width >= 72 ? (30, 10) : (Math.Max(8, width - TimeWidth - 8), 5);
        var detailWidth = width - titleWidth - barWidth - AmountWidth - RateWidth - TimeWidth - Gaps;
        var progress = run.Progress;
        var amount = progress is { Total: > 0 } ? $"{progress.Done}/{progress.Total}" : "";
        var rate = IsRunning(run) && progress?.Rate is { } perSecond and > 0 ? Amounts.Rate(perSecond) : "";
        var figures = width >= 72 ? $" [grey]{Markup.Escape(amount.PadLeft(AmountWidth))} {rate,RateWidth}[/]" : "";
        var line = $"{Markup.Escape(Fit(run.Title, titleWidth))} {Bar(run, barWidth)}{figures} {Time(run).PadLeft(TimeWidth)}";
        return detailWidth < 14 ? line : $"{line} [{(run.Error is null ? "grey" : "red")}]{Markup.Escape(Fit(Detail(run), detailWidth))}[/]";
    }

    private static bool IsRunning(RunView run) => run is { Phase: "running", Cached: false };

    private static string Time(RunView run) =>
        IsRunning(run) && run.Progress?.RemainingSeconds is { } remaining ? $"{Amounts.Duration(remaining)} left"
        : run is { StartedAt: { } start, FinishedAt: { } end, Cached: false } ? Amounts.Duration((end - start).TotalSeconds)
        : "";

    private static string Detail(RunView run) =>
        run.Error is { } error ? error
        : run.Cached ? "from cache"
        : IsRunning(run) && run.Wait is { } wait ? wait.Reason is "busy" or "starting" ? "waits for a slot" : wait.Message
        : run.Progress?.Note ?? "";

    private static string Bar(RunView run, int width)
    {
        var share = run.Phase == "succeeded" ? 1 : run.Progress is { Total: > 0 } progress ? Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 0;
        var filled = (int)Math.Round(share * width);
        return $"[{RunStyle.Color(run.Phase)}]{new string('━', filled)}[/][grey23]{new string('━', width - filled)}[/]";
    }

    private static string Footer(IReadOnlyList<RunView> all, List<RunView> hidden, string hint)
    {
        var text = $"{all.Count(run => run.Phase == "succeeded")} of {all.Count} runs done";
        if (hidden.Count > 0)
        {
            var done = hidden.Count(run => run.Phase == "succeeded");
            text += $" ({done} done and {hidden.Count - done} waiting not shown)";
        }

        return $"{text}. {hint}";
    }

    private static Markup Line(string markup) => new(markup) { Overflow = Overflow.Crop };

    private static string Fit(string text, int width) => Shorten(text, width).PadRight(width);

    private static string Shorten(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
