using System.CommandLine;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Cli.Serving;
using Crescent.Cli.Terminal;
using Crescent.Kernels.Jobs;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Demo;

/// <summary><c>crescent demo</c>: the whole study in one go. Killed and called again, it goes on where it was; finished and called again, it reuses what the work cache has.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var spec = new Option<FileInfo>("--spec") { Description = "The experiment to run.", DefaultValueFactory = _ => new FileInfo(Path.Combine("docs", "examples", "gp-recovery.yaml")) };
        var to = new Option<DirectoryInfo>("--out") { Description = "Where report, result and figures go.", DefaultValueFactory = _ => new DirectoryInfo("out") };
        var command = new Command("demo", "Start a server, run the example study, write the report.") { spec, to, DevCommand.Data };
        command.SetCliAction(async (parse, output, cancellation) =>
        {
            var (document, mediaType) = await SpecFile.ReadAsync(parse.GetValue(spec)!, cancellation);
            var folder = parse.GetValue(to)!.FullName;
            var environment = Environment.GetEnvironmentVariable("CRESCENT_DATA");
            var data = parse.GetValue(DevCommand.Data)?.FullName ?? Path.GetFullPath(string.IsNullOrEmpty(environment) ? Path.Combine(folder, "demo-data") : environment);
            Directory.CreateDirectory(folder);
            await using var server = await LocalServer.StartAsync(data, Path.Combine(folder, "demo.log"));
            using var client = new CrescentClient(server.Address);
            return await RunAsync(client, document, mediaType, folder, data, output, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(CrescentClient client, string document, string mediaType, string folder, string data, TerminalOutput output, CancellationToken cancellation)
    {
        var server = await client.ServerAsync(cancellation);
        var (experiment, isNew) = await SubmitAsync(client, document, mediaType, cancellation);
        var console = output.Human;
        console.MarkupLineInterpolated($"[bold]{experiment.Question}[/]");
        console.MarkupLineInterpolated($"[grey]{server.Runtime}; engine {server.Engine}; data in {Shorten(data)}[/]");
        console.MarkupLineInterpolated($"{(isNew ? "Experiment" : "Going on with the unfinished experiment")} {experiment.Id}");
        console.WriteLine();
        ExperimentView view;
        try
        {
            view = await WatchCommand.DrawAsync(client, experiment.Id, "Ctrl-C stops; the same command goes on from there.", output, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            output.Errors.WriteLine("Stopping: the running jobs commit their snapshots. The same command goes on from there.");
            return ExitCodes.Cancelled;
        }

        console.WriteLine();
        if (view.Experiment.Phase != "succeeded")
        {
            foreach (var run in view.Runs.Where(run => run.Error is not null))
            {
                output.Errors.MarkupLineInterpolated($"[red]{run.Title}:[/] {run.Error}");
            }

            throw new CliException(ExitCodes.ExperimentFailed, $"Experiment {experiment.Id} {view.Experiment.Phase}{(view.Experiment.Error is { } error ? $": {error}" : "")}.", $"The log has more: {Shorten(Path.Combine(folder, "demo.log"))}");
        }

        var results = await DemoResults.WriteAsync(client, view, server, folder, data, cancellation);
        results.Print(console, view, Shorten(folder), Shorten(data));
        if (output.IsJson)
        {
            await Console.Out.WriteLineAsync(results.Json);
        }

        return ExitCodes.Ok;
    }

    /// <summary>
    /// The key follows from the spec, and a number: the first that names no finished experiment. So an unfinished one is found again after a crash, and a finished one is followed by a new one.
    /// </summary>
    private static async Task<(ExperimentSummary Experiment, bool IsNew)> SubmitAsync(CrescentClient client, string document, string mediaType, CancellationToken cancellation)
    {
        var known = (await client.ListAsync(200, null, cancellation)).Experiments.Select(experiment => experiment.Id).ToHashSet();
        var key = JobJson.Hash(document)[..16];
        for (var number = 1; ; number++)
        {
            var experiment = await client.CreateAsync(document, mediaType, $"demo-{key}-{number}", cancellation);
            if (!RunStyle.IsTerminal(experiment.Phase))
            {
                return (experiment, !known.Contains(experiment.Id));
            }
        }
    }

    private static string Shorten(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
