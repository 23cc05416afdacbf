using System.CommandLine;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Crescent.Server.Artifacts;
using Spectre.Console;

namespace Crescent.Cli.Figures;

/// <summary><c>crescent figure</c> and <c>crescent study figure</c>. Their <c>-o</c> is the figure's format.</summary>
internal static class FigureCommand
{
    public static Command Create() => Of("Figures of an experiment as SVG, CSV or JSON.", ExperimentCommand.Id, (client, id, cancellation) => client.FiguresAsync(id, cancellation), (client, id, name, format, to, cancellation) => client.DownloadFigureAsync(id, name, format, to, cancellation));

    /// <param name="id">Whose figures.</param>
    public static Command Of(string description, Argument<string> id, FigureListing figures, FigureSource source) => new("figure", description) { CreateList(id, figures), CreateGet(id, source) };

    private static Command CreateList(Argument<string> id, FigureListing listing)
    {
        var command = new Command("list", "The figures that there are.") { id };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var figures = await listing(client, parse.GetValue(id)!, cancellation);
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

    private static Command CreateGet(Argument<string> whose, FigureSource source)
    {
        var name = new Argument<string>("name") { Description = "The figure's name; `figure list` shows them." };
        var format = new Option<string>("--output", "-o") { Description = "svg, csv or json.", DefaultValueFactory = _ => "svg" };
        format.AcceptOnlyFromAmong("svg", "csv", "json");
        var file = new Option<FileInfo?>("--file", "-f") { Description = "Write it there instead of to stdout." };
        var command = new Command("get", "One figure.") { whose, name, format, file };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var id = parse.GetValue(whose)!;
            if (parse.GetValue(file) is not { } target)
            {
                await using var stdout = Console.OpenStandardOutput();
                await source(client, id, parse.GetValue(name)!, parse.GetValue(format)!, stdout, cancellation);
                return ExitCodes.Ok;
            }

            await OutputFile.WriteAsync(target.FullName, stream => source(client, id, parse.GetValue(name)!, parse.GetValue(format)!, stream, cancellation));
            output.Errors.MarkupLineInterpolated($"[grey]Written: {target.FullName}[/]");
            return ExitCodes.Ok;
        });
        return command;
    }
}

/// <summary>Lists the figures of an experiment or a study.</summary>
internal delegate Task<IReadOnlyList<FigureView>> FigureListing(CrescentClient client, string id, CancellationToken cancellation);

/// <summary>Writes one figure in a format to a stream.</summary>
internal delegate Task FigureSource(CrescentClient client, string id, string name, string format, Stream to, CancellationToken cancellation);
