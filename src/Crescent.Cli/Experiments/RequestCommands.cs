using System.CommandLine;
using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary>What may be asked of an experiment that is there. The server stores each before it answers, and carries it out whatever happens.</summary>
internal static class RequestCommands
{
    public static Option<string?> Key() => new("--idempotency-key") { Description = "The same key with the same content is one request, however often it is sent." };

    public static Command CreateVerb(string verb, string description)
    {
        var key = Key();
        var command = new Command(verb, description) { ExperimentCommand.Id, key };
        command.SetClientAction(async (parse, client, output, cancellation) =>
            Tell(await client.ActAsync(parse.GetValue(ExperimentCommand.Id)!, verb, parse.GetValue(key), cancellation), output));
        return command;
    }

    public static Command CreateExtend()
    {
        var file = new Argument<FileInfo>("file") { Description = "What is added, YAML or JSON: lists under sft.checkpoints, recovery.from, recovery.controls, spectra.pairs, interventions.run.edits." };
        var key = Key();
        var command = new Command("extend", "Have a finished experiment do more; what is done is reused.") { ExperimentCommand.Id, file, key };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var body = await SpecFile.ReadAsync(parse.GetValue(file)!, cancellation);
            return Tell(await client.ActAsync(parse.GetValue(ExperimentCommand.Id)!, "extend", parse.GetValue(key), cancellation, body), output);
        });
        return command;
    }

    public static Command CreateFork()
    {
        var from = new Option<string>("--from") { Description = "The checkpoint that the new experiment starts from: base, sft-300, best, end, recovery-300.", HelpName = "CHECKPOINT", Required = true };
        var changes = new Option<FileInfo?>("--changes") { Description = "What is to be other than in this experiment's document, YAML or JSON.", HelpName = "FILE" };
        var name = new Option<string?>("--name") { Description = "Name of the new experiment." };
        var key = Key();
        var command = new Command("fork", "Start a new experiment from a checkpoint of this one, with a changed spec.") { ExperimentCommand.Id, from, changes, name, key };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            (string, string)? body = parse.GetValue(changes) is { } file ? await SpecFile.ReadAsync(file, cancellation) : null;
            var fork = await client.ForkAsync(parse.GetValue(ExperimentCommand.Id)!, parse.GetValue(from)!, parse.GetValue(name), body, parse.GetValue(key), cancellation);
            if (output.IsJson)
            {
                output.Json(fork);
            }
            else
            {
                output.Human.MarkupLineInterpolated($"Experiment [bold]{fork.Id}[/] ({fork.Name}) is {fork.Phase}; it starts from {fork.Origin!.Checkpoint} of {fork.Origin.Experiment}.");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static int Tell(ExperimentView view, TerminalOutput output)
    {
        if (output.IsJson)
        {
            output.Json(view);
        }
        else
        {
            output.Human.MarkupLineInterpolated($"Experiment [bold]{view.Experiment.Id}[/] is {view.Experiment.Phase}.");
        }

        return ExitCodes.Ok;
    }
}
