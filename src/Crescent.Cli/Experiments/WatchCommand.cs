using System.CommandLine;
using Crescent.Cli.Client;
using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary><c>experiment watch</c> shows live progress, <c>experiment wait</c> only waits. Both end with the experiment, and say by their exit code how it ended.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command CreateWatch()
    {
        var command = new Command("watch", "Live progress of every run, to the experiment's end. With -o jsonl: its events, one a line.") { ExperimentCommand.Id };
        command.SetClientAction((parse, client, output, cancellation) => WatchAsync(client, parse.GetValue(ExperimentCommand.Id)!, output, cancellation));
        return command;
    }

    public static Command CreateWait()
    {
        var timeout = new Option<double?>("--timeout") { Description = "Give up after that many seconds (exit code 5); the experiment goes on." };
        var command = new Command("wait", "Wait for the experiment's end.") { ExperimentCommand.Id, timeout };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var id = parse.GetValue(ExperimentCommand.Id)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            if (parse.GetValue(timeout) is { } seconds)
            {
                limit.CancelAfter(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e9)));
            }

            try
            {
                return End(await FollowAsync(client, id, _ => { }, output, limit.Token), output);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new CliException(ExitCodes.TimedOut, $"Experiment {id} has not ended within {Amounts.Duration(parse.GetValue(timeout)!.Value)}.", $"It goes on; wait again, or look: crescent experiment show {id}");
            }
        });
        return command;
    }

    /// <summary>Watches to the end and returns the exit code. Ctrl-C detaches.</summary>
    public static async Task<int> WatchAsync(CrescentClient client, string id, TerminalOutput output, CancellationToken cancellation)
    {
        try
        {
            if (output.Format == OutputFormat.Jsonl)
            {
                await foreach (var entry in client.FollowAsync(id, 0, cancellation))
                {
                    output.JsonLine(entry);
                }

                return ExitCodeOf(await client.GetAsync(id, cancellation));
            }

            return End(await DrawAsync(client, id, "Ctrl-C detaches, the experiment goes on.", output, cancellation), output);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.Errors.MarkupLineInterpolated($"Detached; experiment {id} goes on. Watch it again: crescent experiment watch {id}");
            return ExitCodes.Cancelled;
        }
    }

    /// <summary>Draws until the experiment has ended: bars on a terminal, lines elsewhere.</summary>
    /// <param name="hint">What Ctrl-C does here.</param>
    public static async Task<ExperimentView> DrawAsync(CrescentClient client, string id, string hint, TerminalOutput output, CancellationToken cancellation)
    {
        if (!output.Interactive)
        {
            return await FollowAsync(client, id, new ProgressLines(output.Human, TimeProvider.System).Show, output, cancellation);
        }

        ExperimentView? last = null;
        await output.Human.Live(new Text("")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            last = await FollowAsync(
                client,
                id,
                view =>
                {
                    live.UpdateTarget(ProgressBoard.Render(view, output.Human.Profile.Width, output.Human.Profile.Height, hint));
                    live.Refresh();
                },
                output,
                cancellation);
        });
        return last!;
    }

    private static async Task<ExperimentView> FollowAsync(CrescentClient client, string id, Action<ExperimentView> show, TerminalOutput output, CancellationToken cancellation)
    {
        var answeredAt = TimeProvider.System.GetTimestamp();
        var known = false;
        while (true)
        {
            try
            {
                var view = await client.GetAsync(id, cancellation);
                (answeredAt, known) = (TimeProvider.System.GetTimestamp(), true);
                show(view);
                if (RunStyle.IsTerminal(view.Experiment.Phase))
                {
                    return view;
                }
            }
            catch (CliException e) when (known && e.ExitCode == ExitCodes.Unreachable && TimeProvider.System.GetElapsedTime(answeredAt) < Patience)
            {
                // A server that restarts goes on with the experiment, and so does the watcher.
                output.Errors.MarkupLineInterpolated($"[yellow]The server does not answer; trying again.[/]");
                await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
            }

            await Task.Delay(PollInterval, cancellation);
        }
    }

    private static int End(ExperimentView view, TerminalOutput output)
    {
        if (output.IsJson)
        {
            output.Json(view);
        }

        var experiment = view.Experiment;
        output.Human.MarkupLine($"Experiment {Markup.Escape(experiment.Id)} {RunStyle.Phase(experiment.Phase)}{(experiment.ElapsedSeconds is { } elapsed ? $" after {Amounts.Duration(elapsed)}" : "")}.");
        if (experiment.Error is { } error)
        {
            output.Errors.MarkupLineInterpolated($"[red]error:[/] {error}");
        }

        return ExitCodeOf(view);
    }

    private static int ExitCodeOf(ExperimentView view) => view.Experiment.Phase == "succeeded" ? ExitCodes.Ok : ExitCodes.ExperimentFailed;
}
