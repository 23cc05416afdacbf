using System.Text.Json;
using Crescent.Cli.Client;
using Crescent.Cli.Terminal;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Server.Artifacts;
using Crescent.Server.Experiments;
using Crescent.Server.Hosting;
using Crescent.Storage.Artifacts;
using Spectre.Console;

namespace Crescent.Cli.Demo;

/// <summary>What a finished demo leaves: <c>report.html</c>, <c>result.json</c>, <c>figures/</c>, and a summary on the terminal.</summary>
internal sealed class DemoResults
{
    private readonly ExperimentResultDocument result;

    private DemoResults(ExperimentResultDocument result)
    {
        this.result = result;
        Json = JsonSerializer.Serialize(result, JobJson.Indented);
    }

    public string Json { get; }

    public static async Task<DemoResults> WriteAsync(CrescentClient client, ExperimentView view, ServerView server, string folder, string data, CancellationToken cancellation)
    {
        var id = view.Experiment.Id;
        var artifacts = await client.ArtifactsAsync(id, cancellation);
        foreach (var figure in artifacts.Where(artifact => artifact.Kind == ArtifactKinds.Figure))
        {
            await OutputFile.WriteAsync(FigurePath(folder, figure), stream => client.DownloadArtifactAsync(id, figure.Sha256, stream, cancellation));
        }

        await OutputFile.WriteAsync(Path.Combine(folder, "report.html"), stream => client.DownloadReportAsync(id, stream, cancellation));
        var found = JobJson.Read<ExperimentResultDocument>(await client.ResultAsync(id, cancellation));
        var results = new DemoResults(found with
        {
            Artifacts = [.. artifacts.Select(artifact => new ArtifactEntry(artifact.Kind, $"{artifact.Run}/{artifact.Name}", artifact.Sha256, artifact.Bytes, PathOf(artifact, folder, data)))],
            Seconds = view.Experiment.ElapsedSeconds,
            PeakMemoryBytes = PeakMemory.Bytes(),
            Runtime = server.Runtime,
            Engine = server.Engine,
        });
        await OutputFile.WriteAsync(Path.Combine(folder, "result.json"), async stream =>
        {
            await using var writer = new StreamWriter(stream);
            await writer.WriteLineAsync(results.Json);
        });
        return results;
    }

    public void Print(IAnsiConsole console, ExperimentView view, string folder, string data)
    {
        console.WriteLine(CheckpointTable.Render(result));
        foreach (var claim in result.Claims)
        {
            console.MarkupLine($"{Verdict(claim)} {Markup.Escape(claim.Criterion)}");
        }

        console.WriteLine();
        var cached = view.Runs.Where(run => run.Cached).ToList();
        if (cached.Count > 0)
        {
            console.MarkupLineInterpolated($"[green]Reused from the work cache[/] ({cached.Count} of {view.Runs.Count} runs): {string.Join(", ", cached.Select(run => run.Title))}");
        }

        console.MarkupLineInterpolated($"{Amounts.Duration(result.Seconds ?? 0)}, {Amounts.Bytes(result.PeakMemoryBytes ?? 0)} of memory at most.");
        console.MarkupLineInterpolated($"Report:  [bold]{Path.Combine(folder, "report.html")}[/]");
        console.MarkupLineInterpolated($"Result:  {Path.Combine(folder, "result.json")}");
        console.MarkupLineInterpolated($"Figures: {Path.Combine(folder, "figures")}");
        console.WriteLine();
        console.MarkupLine("[grey]Look further:[/]");
        var crescent = CommandName();
        console.MarkupLineInterpolated($"[grey]  {crescent} dev --data {data}    (the server; then, beside it:)[/]");
        console.MarkupLineInterpolated($"[grey]  {crescent} experiment show {view.Experiment.Id}[/]");
        console.MarkupLineInterpolated($"[grey]  {crescent} artifact list {view.Experiment.Id}[/]");
    }

    /// <summary>How to call this program from here: by its path, unless its folder is on the PATH.</summary>
    private static string CommandName()
    {
        if (Environment.ProcessPath is not { } path || Path.GetFileNameWithoutExtension(path) != "crescent")
        {
            return "crescent";
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Contains(Path.GetDirectoryName(path)) ? "crescent" : Path.GetRelativePath(Environment.CurrentDirectory, path);
    }

    private static string Verdict(ClaimResult claim)
    {
        var word = JsonNamingPolicy.KebabCaseLower.ConvertName(claim.Verdict.ToString());
        var color = word switch
        {
            "reproduced" => "green",
            "not-reproduced" => "red",
            _ => "yellow",
        };
        return $"[{color}]{word,-14}[/] [bold]{Markup.Escape(claim.Claim)}[/]";
    }

    private static string FigurePath(string folder, ArtifactView figure) => Path.Combine(folder, "figures", figure.Name);

    private static string PathOf(ArtifactView artifact, string folder, string data) => Path.GetRelativePath(Environment.CurrentDirectory, artifact.Kind switch
    {
        ArtifactKinds.Figure => FigurePath(folder, artifact),
        ArtifactKinds.Report => Path.Combine(folder, "report.html"),
        _ => FolderBlobStore.PathOf(Path.Combine(data, "blobs"), artifact.Sha256),
    });
}
