using System.CommandLine;
using Crescent.Cli.Client;
using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary><c>crescent experiment</c>.</summary>
internal static class ExperimentCommand
{
    public static Argument<string> Id { get; } = new("experiment") { Description = "The experiment's id, or its name: the newest of that name." };

    /// <summary>True for what looks like an id: <c>e</c> and 14 digits of base 32. Names are looked up, ids are not.</summary>
    public static bool IsId(string experiment) => experiment.Length == 15 && experiment[0] == 'e' && experiment.All(char.IsAsciiLetterOrDigit);

    public static Command Create() => new("experiment", "Submit, read and steer experiments.")
    {
        CreateCreate(),
        CreateList(),
        CreateShow(),
        ComputeCommand.Create(),
        WatchCommand.CreateWatch(),
        WatchCommand.CreateWait(),
        RequestCommands.CreateVerb("pause", "Pause: running jobs commit a snapshot and stop."),
        RequestCommands.CreateVerb("resume", "Go on after a pause."),
        RequestCommands.CreateVerb("cancel", "Cancel for good; checkpoints made so far stay."),
        RequestCommands.CreateVerb("retry", "Try again the runs that have failed, and those skipped because of them."),
        RequestCommands.CreateExtend(),
        RequestCommands.CreateFork(),
    };

    private static Command CreateCreate()
    {
        var file = new Argument<FileInfo>("file") { Description = "Spec in YAML (.yaml, .yml) or JSON (.json)." };
        var key = RequestCommands.Key();
        var watch = new Option<bool>("--watch", "-w") { Description = "Follow it to its end." };
        var command = new Command("create", "Submit an experiment.") { file, key, watch };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var (document, mediaType) = await SpecFile.ReadAsync(parse.GetValue(file)!, cancellation);
            var created = await client.CreateAsync(document, mediaType, parse.GetValue(key), cancellation);
            if (parse.GetValue(watch))
            {
                output.Human.MarkupLineInterpolated($"Experiment [bold]{created.Id}[/] ({created.Name})");
                return await WatchCommand.WatchAsync(client, created.Id, output, cancellation);
            }

            if (output.IsJson)
            {
                output.Json(created);
            }
            else
            {
                output.Human.MarkupLineInterpolated($"Experiment [bold]{created.Id}[/] ({created.Name}) is {created.Phase}.");
                output.Human.MarkupLineInterpolated($"[grey]Follow it: crescent experiment watch {created.Id}[/]");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateList()
    {
        var limit = new Option<int>("--limit") { Description = "Most experiments shown.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List experiments, newest first.") { limit };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var experiments = await ReadListAsync(client, parse.GetValue(limit), cancellation);
            if (output.Format == OutputFormat.Jsonl)
            {
                experiments.ForEach(output.JsonLine);
            }
            else if (output.IsJson)
            {
                output.Json(experiments);
            }
            else if (experiments.Count == 0)
            {
                output.Human.WriteLine("No experiments yet. Submit one: crescent experiment create docs/examples/gp-recovery.yaml");
            }
            else
            {
                output.Human.Write(ExperimentTable.OfList(experiments));
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<List<ExperimentSummary>> ReadListAsync(CrescentClient client, int limit, CancellationToken cancellation)
    {
        const int page = 200;
        List<ExperimentSummary> experiments = [];
        string? cursor = null;
        do
        {
            var list = await client.ListAsync(Math.Clamp(limit - experiments.Count, 1, page), cursor, cancellation);
            experiments.AddRange(list.Experiments);
            cursor = list.NextCursor;
        }
        while (cursor is not null && experiments.Count < limit);
        return experiments;
    }

    private static Command CreateShow()
    {
        var command = new Command("show", "One experiment with its runs.") { Id };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var view = await client.GetAsync(parse.GetValue(Id)!, cancellation);
            if (output.IsJson)
            {
                output.Json(view);
            }
            else
            {
                ExperimentTable.Write(output.Human, view);
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
