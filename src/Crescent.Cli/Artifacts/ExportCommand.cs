using System.CommandLine;
using System.Globalization;
using Crescent.Abstractions.Experiments;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Cli.Terminal;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Tensors;
using Crescent.Server.Artifacts;
using Spectre.Console;

namespace Crescent.Cli.Artifacts;

/// <summary><c>crescent artifact export</c>: a checkpoint as a folder that other tools read.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var which = new Argument<string>("checkpoint") { Description = "SHA-256 (or its first 8 or more digits), RUN/NAME, or an SFT step." };
        var format = new Option<string>("--format") { Description = "hf: config.json and model.safetensors, Llama names.", DefaultValueFactory = _ => "hf" };
        format.AcceptOnlyFromAmong("hf");
        var to = new Option<DirectoryInfo>("--to") { Description = "The folder to write.", Required = true };
        var command = new Command("export", "A checkpoint as a Hugging Face folder.") { ExperimentCommand.Id, which, format, to };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var id = parse.GetValue(ExperimentCommand.Id)!;
            var artifact = await FindAsync(client, id, parse.GetValue(which)!, cancellation);
            var spec = JobJson.Read<ExperimentSpec>(await client.SpecAsync(id, cancellation));
            using var bytes = new MemoryStream();
            await client.DownloadArtifactAsync(id, artifact.Sha256, bytes, cancellation);
            bytes.Position = 0;
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt", ["crescent.checkpoint"] = artifact.Sha256 };
            var folder = parse.GetValue(to)!.FullName;
            foreach (var file in HuggingFaceFolder.Files(spec.Model, Safetensors.Read(bytes).Tensors, spec.Task.Format.Bos, spec.Task.Format.Eos, metadata))
            {
                await OutputFile.WriteAsync(Path.Combine(folder, file.Name), stream =>
                {
                    file.Write(stream);
                    return Task.CompletedTask;
                });
            }

            output.Errors.MarkupLineInterpolated($"[grey]Written: {folder} ({artifact.Run}/{artifact.Name})[/]");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<ArtifactView> FindAsync(CrescentClient client, string id, string which, CancellationToken cancellation)
    {
        var name = int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && which.Length < 8 ? $"sft/checkpoint-{step}.safetensors" : which;
        var artifact = await ArtifactCommand.FindAsync(client, id, name, cancellation);
        return artifact.Kind == ArtifactKinds.Checkpoint
            ? artifact
            : throw new CliException(ExitCodes.Error, $"{artifact.Run}/{artifact.Name} is no checkpoint but {artifact.Kind}.", $"crescent artifact list {id} --kind checkpoint");
    }
}
