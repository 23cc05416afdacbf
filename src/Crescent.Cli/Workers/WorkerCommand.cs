using System.CommandLine;
using Crescent.Cli.Serving;
using Crescent.Cli.Terminal;

namespace Crescent.Cli.Workers;

/// <summary><c>crescent worker</c>.</summary>
internal static class WorkerCommand
{
    public static Command Create() => new("worker", "Run workers and see what they do.") { DevCommand.CreateWorker(), CreateList() };

    private static Command CreateList()
    {
        var command = new Command("list", "The server's processes: what they can run, and how busy they are.");
        command.SetClientAction(async (_, client, output, cancellation) =>
        {
            var workers = await client.WorkersAsync(cancellation);
            if (output.Format == OutputFormat.Jsonl)
            {
                foreach (var worker in workers)
                {
                    output.JsonLine(worker);
                }
            }
            else if (output.IsJson)
            {
                output.Json(workers);
            }
            else
            {
                WorkerTable.Write(output.Human, workers, DateTimeOffset.UtcNow);
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
