using System.CommandLine;
using Crescent.Abstractions.Experiments;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks.Virl;
using Spectre.Console;

namespace Crescent.Cli.Tasks;

/// <summary><c>crescent task</c>: what a task trains on, and route files.</summary>
internal static class TaskCommand
{
    private const int Examples = 1000;

    public static Command Create() => new("task", "Training data and files of tasks.") { CreateData(), CreateRoutes() };

    private static Command CreateData()
    {
        var examples = new Option<int?>("--examples") { Description = $"How many pairs. Otherwise the experiment's own set, and {Examples} where it draws fresh ones." };
        var repeats = new Option<bool>("--repeats") { Description = "Let a pair stand in the set more than once." };
        var file = new Option<FileInfo?>("--file", "-f") { Description = "Write it there instead of to stdout." };
        var command = new Command("data", "Prompt and answer pairs of an experiment's SFT, one JSON object a line.") { ExperimentCommand.Id, examples, repeats, file };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var sft = JobJson.Read<ExperimentSpec>(await client.SpecAsync(parse.GetValue(ExperimentCommand.Id)!, cancellation)).Sft;
            var own = sft.Data ?? new SftDataSpec(Examples);
            var spec = sft with { Data = new SftDataSpec(parse.GetValue(examples) ?? own.Examples, own.Distinct && !parse.GetValue(repeats)) };
            SpecProblemList.ThrowIfAny(spec.Validate("sft"));
            if (parse.GetValue(file) is not { } target)
            {
                await using var stdout = Console.OpenStandardOutput();
                await WriteAsync(stdout, spec, cancellation);
                return ExitCodes.Ok;
            }

            await OutputFile.WriteAsync(target.FullName, stream => WriteAsync(stream, spec, cancellation));
            output.Errors.MarkupLineInterpolated($"[grey]Written: {target.FullName}[/]");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateRoutes()
    {
        var file = new Argument<FileInfo>("file") { Description = "A route_infos.json of V-IRL." };
        var command = new Command("routes", "Whether a file of V-IRL routes can be read, and what it holds.") { file };
        command.SetCliAction((parse, output, _) =>
        {
            var routes = Read(parse.GetValue(file)!);
            var summary = new RoutesSummary(routes.Count, routes.Sum(route => route.Legs.Count), routes.Max(route => route.Legs.Count), routes.SelectMany(route => route.Legs).Count(leg => leg.At is not null));
            if (output.IsJson)
            {
                output.Json(summary);
            }
            else
            {
                output.Human.WriteLine($"{summary.Routes} routes, {summary.Legs} legs (at most {summary.MostLegs} in one), {summary.Landmarks} of them to a landmark.");
            }

            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    private static IReadOnlyList<Route> Read(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            return RouteFile.Read(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"The routes cannot be read: {e.Message}", "Name an existing file: crescent task routes FILE.", e);
        }
    }

    private static async Task WriteAsync(Stream stream, SftSpec spec, CancellationToken cancellation)
    {
        var (task, data) = (spec.Task.Create(), new SftData(spec));
        await using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        for (var place = 0; place < spec.Data!.Examples; place++)
        {
            var (tokens, answer) = data.Example(place / spec.Batch, place % spec.Batch);
            await writer.WriteLineAsync(JobJson.Write(new SftPair(task.Text(tokens.AsSpan(0, answer)), task.Text(tokens.AsSpan(answer)))).AsMemory(), cancellation);
        }
    }

    private sealed record SftPair(string Prompt, string Answer);

    /// <param name="Landmarks">Legs that end at a landmark.</param>
    private sealed record RoutesSummary(int Routes, int Legs, int MostLegs, int Landmarks);
}
