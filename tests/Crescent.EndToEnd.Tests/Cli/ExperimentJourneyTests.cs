using System.Security.Cryptography;
using System.Text.Json;

namespace Crescent.EndToEnd.Tests.Cli;

/// <summary>What a researcher does, with the real command against a real server.</summary>
public sealed class ExperimentJourneyTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task CreateWatchRead_TinyExperiment_EndsWithFiguresAndCheckpoints()
    {
        var created = await server.RunAsync("experiment", "create", server.WriteSpec("journey", 1), "-o", "json");
        var id = Json(created.Output).GetProperty("id").GetString()!;

        var watched = await server.RunAsync("experiment", "watch", id, "-o", "jsonl");
        var listed = await server.RunAsync("artifact", "list", id, "--kind", "checkpoint", "-o", "json");
        var figure = await server.RunAsync("figure", "list", id, "-o", "json");
        var name = Json(figure.Output)[0].GetProperty("name").GetString()!;
        var csv = await server.RunAsync("figure", "get", id, name, "-o", "csv");
        var file = Path.Combine(server.Folder.FullName, "checkpoint.safetensors");
        var downloaded = await server.RunAsync("artifact", "download", id, "sft/checkpoint-8.safetensors", "--file", file);
        var exported = await server.RunAsync("artifact", "export", id, "8", "--to", Path.Combine(server.Folder.FullName, "hf"));
        var shown = await server.RunAsync("experiment", "show", "journey");

        Assert.Equal((0, 0), (created.ExitCode, watched.ExitCode));
        var sequences = watched.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Json(line).GetProperty("sequence").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(1, sequences.Count).Select(n => (long)n), sequences);
        Assert.Contains(Json(listed.Output).EnumerateArray(), artifact => artifact.GetProperty("run").GetString() == "recovery/8");
        Assert.Equal(0, csv.ExitCode);
        Assert.Contains(',', csv.Output);
        var hash = Json(listed.Output).EnumerateArray().First(artifact => artifact.GetProperty("name").GetString() == "checkpoint-8.safetensors").GetProperty("sha256").GetString();
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))));
        Assert.Equal((0, 0), (downloaded.ExitCode, exported.ExitCode));
        Assert.Equal("llama", Json(await File.ReadAllTextAsync(Path.Combine(server.Folder.FullName, "hf", "config.json"))).GetProperty("model_type").GetString());
        Assert.Contains("succeeded", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseThenResume_RunningExperiment_GoesOnToItsEnd()
    {
        var created = await server.RunAsync("experiment", "create", server.WriteSpec("paused", 2), "-o", "json");
        var id = Json(created.Output).GetProperty("id").GetString()!;

        var paused = await server.RunAsync("experiment", "pause", id);
        var waited = await server.RunAsync("experiment", "wait", id, "--timeout", "2");
        var during = Json((await server.RunAsync("experiment", "show", id, "-o", "json")).Output).GetProperty("experiment").GetProperty("phase").GetString();
        var resumed = await server.RunAsync("experiment", "resume", id);
        var ended = await server.RunAsync("experiment", "wait", id, "--timeout", "300");

        Assert.Equal((0, 5, 0, 0), (paused.ExitCode, waited.ExitCode, resumed.ExitCode, ended.ExitCode));
        Assert.Equal("paused", during);
    }

    [Fact]
    public async Task Cancel_RunningExperiment_EndsItAndWatchSaysSo()
    {
        var created = await server.RunAsync("experiment", "create", server.WriteSpec("cancelled", 3), "-o", "json");
        var id = Json(created.Output).GetProperty("id").GetString()!;

        var cancelled = await server.RunAsync("experiment", "cancel", id);
        var watched = await server.RunAsync("experiment", "watch", id);

        Assert.Equal((0, 3), (cancelled.ExitCode, watched.ExitCode));
        Assert.Contains("cancelled", watched.Output, StringComparison.Ordinal);
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
