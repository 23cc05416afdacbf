using System.CommandLine;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Crescent.Server.Artifacts;
using Spectre.Console;

namespace Crescent.Cli.Artifacts;

/// <summary><c>crescent artifact</c>.</summary>
internal static class ArtifactCommand
{
    public static Command Create() => new("artifact", "What an experiment made: checkpoints, records, figures, report.") { CreateList(), CreateDownload(), ExportCommand.Create() };

    private static Command CreateList()
    {
        var kind = new Option<string?>("--kind") { Description = "Only that kind: checkpoint, evaluation-record, spectra, intervention, figure, report, result." };
        var command = new Command("list", "Every artifact with size and SHA-256.") { ExperimentCommand.Id, kind };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var all = await client.ArtifactsAsync(parse.GetValue(ExperimentCommand.Id)!, cancellation);
            var artifacts = all.Where(artifact => parse.GetValue(kind) is not { } wanted || artifact.Kind == wanted).ToList();
            if (output.Format == OutputFormat.Jsonl)
            {
                artifacts.ForEach(output.JsonLine);
            }
            else if (output.IsJson)
            {
                output.Json(artifacts);
            }
            else
            {
                output.Human.Write(Tabulate(artifacts));
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateDownload()
    {
        var which = new Argument<string>("artifact") { Description = "SHA-256 (or its first 8 or more digits), or RUN/NAME: sft/checkpoint-300.safetensors." };
        var to = new Option<FileInfo?>("--file", "-f") { Description = "Write it there; otherwise under its name here. '-' is stdout." };
        var command = new Command("download", "The bytes of one artifact, checked against their SHA-256.") { ExperimentCommand.Id, which, to };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var id = parse.GetValue(ExperimentCommand.Id)!;
            var artifact = await FindAsync(client, id, parse.GetValue(which)!, cancellation);
            if (parse.GetValue(to) is { Name: "-" })
            {
                await using var stdout = Console.OpenStandardOutput();
                await client.DownloadArtifactAsync(id, artifact.Sha256, stdout, cancellation);
                return ExitCodes.Ok;
            }

            var path = parse.GetValue(to)?.FullName ?? Path.GetFullPath(artifact.Name);
            await VerifiedDownload.WriteAsync(client, id, artifact, path, cancellation);
            output.Errors.MarkupLineInterpolated($"[grey]Written: {path} ({Amounts.Bytes(artifact.Bytes)})[/]");
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <exception cref="CliException">None, or more than one, fits.</exception>
    internal static async Task<ArtifactView> FindAsync(CrescentClient client, string id, string which, CancellationToken cancellation)
    {
        var all = await client.ArtifactsAsync(id, cancellation);
        var found = all.Where(artifact => $"{artifact.Run}/{artifact.Name}" == which || (which.Length >= 8 && artifact.Sha256.StartsWith(which, StringComparison.OrdinalIgnoreCase)))
            .DistinctBy(artifact => artifact.Sha256).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CliException(ExitCodes.Error, $"Experiment {id} has no artifact '{which}'.", $"crescent artifact list {id} shows those there are.") { Code = "artifact-not-found" },
            _ => throw new CliException(ExitCodes.Error, $"'{which}' fits {found.Count} artifacts.", "Give more digits of the hash."),
        };
    }

    private static Table Tabulate(IEnumerable<ArtifactView> artifacts)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in new[] { "Run", "Name", "Kind", "Size", "SHA-256" })
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]") { NoWrap = column is "Size" or "SHA-256" });
        }

        table.Columns[3].RightAligned();
        foreach (var artifact in artifacts)
        {
            table.AddRow(Markup.Escape(artifact.Run), Markup.Escape(artifact.Name), Markup.Escape(artifact.Kind), Amounts.Bytes(artifact.Bytes), artifact.Sha256[..16]);
        }

        return table;
    }
}
