using System.Globalization;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Crescent.Server.Studies;
using Spectre.Console;

namespace Crescent.Cli.Studies;

/// <summary><c>study watch</c>: bars on a terminal, elsewhere a line when an experiment changes its phase; ends with the study, and says by its exit code how it ended.</summary>
internal static class StudyWatch
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(CrescentClient client, string id, TerminalOutput output, CancellationToken cancellation)
    {
        try
        {
            var view = output.Interactive ? await DrawAsync(client, id, output, cancellation) : await FollowAsync(client, id, Lines(output), output, cancellation);
            if (output.IsJson)
            {
                output.Json(view);
            }

            output.Human.WriteLine(StudyTable.Line(view));
            return view.Study.Phase == "succeeded" ? ExitCodes.Ok : ExitCodes.ExperimentFailed;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.Errors.MarkupLineInterpolated($"Detached; study {id} goes on. Watch it again: crescent study watch {id}");
            return ExitCodes.Cancelled;
        }
    }

    private static async Task<StudyView> DrawAsync(CrescentClient client, string id, TerminalOutput output, CancellationToken cancellation)
    {
        StudyView? last = null;
        await output.Human.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            last = await FollowAsync(
                client,
                id,
                view =>
                {
                    live.UpdateTarget(StudyTable.Board(view, TimeProvider.System.GetUtcNow(), output.Human.Profile.Width, output.Human.Profile.Height, "Ctrl-C detaches, the study goes on."));
                    live.Refresh();
                },
                output,
                cancellation);
        });
        return last!;
    }

    /// <summary>Writes a line for each experiment that has come into another phase.</summary>
    private static Action<StudyView> Lines(TerminalOutput output)
    {
        var phases = new Dictionary<string, string>(StringComparer.Ordinal);
        return view =>
        {
            var now = TimeProvider.System.GetUtcNow();
            foreach (var cell in view.Cells)
            {
                if (cell.Runs is not null && (!phases.TryGetValue(cell.Experiment, out var before) || before != cell.Phase))
                {
                    var ended = RunStyle.IsTerminal(cell.Phase) ? $" after {StudyTable.Time(cell, now)}" : "";
                    var error = cell.Error is { } text ? $": {text}" : "";
                    output.Human.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now:HH:mm:ss} {StudyTable.Name(cell)} ({cell.Experiment}): {cell.Phase}{ended}{error}"));
                    phases[cell.Experiment] = cell.Phase;
                }
            }
        };
    }

    private static async Task<StudyView> FollowAsync(CrescentClient client, string id, Action<StudyView> show, TerminalOutput output, CancellationToken cancellation)
    {
        var answeredAt = TimeProvider.System.GetTimestamp();
        var known = false;
        while (true)
        {
            try
            {
                var view = await client.StudyAsync(id, cancellation);
                (answeredAt, known) = (TimeProvider.System.GetTimestamp(), true);
                show(view);
                if (RunStyle.IsTerminal(view.Study.Phase))
                {
                    return view;
                }
            }
            catch (CliException e) when (known && e.ExitCode == ExitCodes.Unreachable && TimeProvider.System.GetElapsedTime(answeredAt) < Patience)
            {
                // A server that restarts goes on with the study, and so does the watcher.
                output.Errors.MarkupLineInterpolated($"[yellow]The server does not answer; trying again.[/]");
            }

            await Task.Delay(PollInterval, cancellation);
        }
    }
}
