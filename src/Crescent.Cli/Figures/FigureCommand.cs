using System.CommandLine;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Spectre.Console;

namespace Crescent.Cli.Figures;

/// <summary><c>crescent figure</c>. Its <c>-o</c> is the figure's format.</summary>
internal static class FigureCommand
{
    public static Command Create() => new("figure", "Figures of an experiment as SVG, CSV or JSON.") { CreateList(), CreateGet() };

    private static Command CreateList()
    {
        var command = new Command("list", "The figures that there are.") { ExperimentCommand.Id };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var figures = await client.FiguresAsync(parse.GetValue(ExperimentCommand.Id)!, cancellation);
            if (output.IsJson)
            {
                output.Json(figures);
            }
            else
            {
                foreach (var figure in figures)
                {
                    output.Human.WriteLine($"{figure.Name} ({string.Join(", ", figure.Formats)})");
                }
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateGet()
    {
        var name = new Argument<string>("name") { Description = "The figure's name; `crescent figure list` shows them." };
        var format = new Option<string>("--output", "-o") { Description = "svg, csv or json.", DefaultValueFactory = _ => "svg" };
        format.AcceptOnlyFromAmong("svg", "csv", "json");
        var file = new Option<FileInfo?>("--file", "-f") { Description = "Write it there instead of to stdout." };
        var command = new Command("get", "One figure.") { ExperimentCommand.Id, name, format, file };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var id = parse.GetValue(ExperimentCommand.Id)!;
            if (parse.GetValue(file) is not { } target)
            {
                await using var stdout = Console.OpenStandardOutput();
                await client.DownloadFigureAsync(id, parse.GetValue(name)!, parse.GetValue(format)!, stdout, cancellation);
                return ExitCodes.Ok;
            }

            await OutputFile.WriteAsync(target.FullName, stream => client.DownloadFigureAsync(id, parse.GetValue(name)!, parse.GetValue(format)!, stream, cancellation));
            output.Errors.MarkupLineInterpolated($"[grey]Written: {target.FullName}[/]");
            return ExitCodes.Ok;
        });
        return command;
    }
}
