using System.CommandLine;
using Crescent.Cli.Terminal;
using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary><c>crescent experiment compute</c>.</summary>
internal static class ComputeCommand
{
    public static Command Create()
    {
        var runs = new Option<bool>("--runs") { Description = "Each run instead of each stage." };
        var command = new Command("compute", "Tokens, FLOPs, seconds and, where the machines tell, joules: by stage, or by run.") { ExperimentCommand.Id, runs };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var compute = await client.ComputeAsync(parse.GetValue(ExperimentCommand.Id)!, cancellation);
            if (output.IsJson)
            {
                output.Json(compute);
            }
            else if (compute.Runs.Count == 0)
            {
                output.Human.WriteLine("Nothing has been computed yet.");
            }
            else
            {
                output.Human.Write(ComputeTable.Of(compute, parse.GetValue(runs)));
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
