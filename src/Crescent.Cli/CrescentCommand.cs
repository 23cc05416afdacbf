using System.CommandLine;
using System.CommandLine.Invocation;
using Crescent.Cli.Artifacts;
using Crescent.Cli.Completion;
using Crescent.Cli.Demo;
using Crescent.Cli.Doctor;
using Crescent.Cli.Experiments;
using Crescent.Cli.Figures;
using Crescent.Cli.Serving;
using Crescent.Cli.Studies;
using Crescent.Cli.Tasks;
using Crescent.Cli.Terminal;
using Crescent.Cli.Workers;
using Crescent.Server.Hosting;

namespace Crescent.Cli;

/// <summary><c>crescent</c>: noun, verb.</summary>
internal static class CrescentCommand
{
    public static RootCommand Create()
    {
        return new RootCommand("Crescent runs post-training studies of language models as durable experiments.")
        {
            CommandSettings.Server,
            CommandSettings.Output,
            DemoCommand.Create(),
            DevCommand.Create(),
            DoctorCommand.Create(),
            ExperimentCommand.Create(),
            StudyCommand.Create(),
            FigureCommand.Create(),
            ArtifactCommand.Create(),
            TaskCommand.Create(),
            WorkerCommand.Create(),
            StorageCommand.Create(),
            CompletionCommand.Create(),
        };
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var parse = Create().Parse(args);
        if (parse.Action is ParseErrorAction)
        {
            foreach (var error in parse.Errors)
            {
                await Console.Error.WriteLineAsync($"error: {error.Message}");
            }

            await Console.Error.WriteLineAsync($"try: {Usage(parse.CommandResult.Command)} --help");
            return ExitCodes.Usage;
        }

        // The first Ctrl-C or SIGTERM cancels the command; a server then has its own grace time (Crescent:ShutdownTimeout), everything else ends at once.
        using var second = SecondSignal.Listen();
        return await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromDays(1) });
    }

    private static string Usage(Command command)
    {
        var names = new Stack<string>();
        for (Symbol? symbol = command; symbol is Command; symbol = symbol.Parents.FirstOrDefault())
        {
            names.Push(symbol is RootCommand ? "crescent" : symbol.Name);
        }

        return string.Join(' ', names);
    }
}
