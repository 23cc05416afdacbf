using System.Text.Json;
using Crescent.Chaos;
using Crescent.Server.Experiments;
using Crescent.Storage.Hosting;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crescent.EndToEnd.Tests.Cli;

/// <summary>Extending and forking with the real command, and a server that is killed right after it has accepted.</summary>
public sealed class RequestJourneyTests
{
    [Fact]
    public async Task ExtendThenFork_ServerKilledInBetween_GoOnAndReuseWhatIsDone()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-requests-");
        var (data, log) = (Path.Combine(folder.FullName, "data"), Path.Combine(folder.FullName, "server.log"));
        var server = await ServerProcess.StartAsync(data, log);
        try
        {
            var id = await server.CreateAsync("version: 1\nname: parent\nquestion: Does it hold together?\npreset: tiny\nseed: 11\n");
            Assert.Equal(0, (await CrescentProcess.RunAsync("experiment", "wait", id, "--timeout", "300", "--server", server.Url)).ExitCode);
            var before = (View: await server.ViewAsync(id), Hashes: await Hashes(server, id));

            var extension = Path.Combine(folder.FullName, "more.yaml");
            await File.WriteAllTextAsync(extension, "sft:\n  checkpoints: [6]\nrecovery:\n  from: [6]\n");
            var extended = await CrescentProcess.RunAsync("experiment", "extend", id, extension, "--idempotency-key", "more", "--server", server.Url);
            await server.KillAsync();
            server.Dispose();
            server = await ServerProcess.StartAsync(data, log);
            var again = await CrescentProcess.RunAsync("experiment", "extend", id, extension, "--idempotency-key", "more", "--server", server.Url);
            var waited = await CrescentProcess.RunAsync("experiment", "wait", id, "--timeout", "300", "--server", server.Url);

            Assert.Equal((0, 0, 0), (extended.ExitCode, again.ExitCode, waited.ExitCode));
            var view = await server.ViewAsync(id);
            Assert.Contains(view.Runs, run => run is { Run: "evaluation/recovery-6", Phase: "succeeded" });
            var after = await Hashes(server, id);
            Assert.All(before.Hashes.Where(artifact => artifact.Key.Contains("checkpoint", StringComparison.Ordinal)), artifact => Assert.Equal(artifact.Value, after[artifact.Key]));

            Assert.Equal(Sft(before.View), Sft(view));
            var sibling = await server.CreateAsync("version: 1\nname: sibling\nquestion: Does it share?\npreset: tiny\nseed: 11\nsft:\n  checkpoints: [0, 5, 8, 16]\n");
            Assert.Equal(0, (await CrescentProcess.RunAsync("experiment", "wait", sibling, "--timeout", "300", "--server", server.Url)).ExitCode);
            Assert.Equal(Sft(view), Sft(await server.ViewAsync(sibling)));
            var shared = await Hashes(server, sibling);
            Assert.Equal(["sft/checkpoint-0.safetensors", "sft/checkpoint-16.safetensors", "sft/checkpoint-5.safetensors", "sft/checkpoint-8.safetensors"], shared.Keys.Where(name => name.StartsWith("sft/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

            var forked = await CrescentProcess.RunAsync("experiment", "fork", id, "--from", "6", "--name", "child", "--server", server.Url, "-o", "json");
            Assert.True(forked.ExitCode == 0, forked.Errors + await File.ReadAllTextAsync(log));
            var fork = JsonSerializer.Deserialize<JsonElement>(forked.Output);
            var child = fork.GetProperty("id").GetString()!;
            Assert.Equal(0, (await CrescentProcess.RunAsync("experiment", "wait", child, "--timeout", "300", "--server", server.Url)).ExitCode);

            Assert.Equal((id, "sft-6"), (fork.GetProperty("origin").GetProperty("experiment").GetString(), fork.GetProperty("origin").GetProperty("checkpoint").GetString()));
            Assert.DoesNotContain((await server.ViewAsync(child)).Runs, run => run.Run == "base");
            Assert.Equal(after["sft/checkpoint-6.safetensors"], (await Hashes(server, child))["sft/checkpoint-0.safetensors"]);
            Assert.Equal(0, await server.StopAsync());

            // Trained once; what was asked for later was made from the checkpoint before it.
            var attempts = await AttemptsAsync(data, Sft(view)!);
            Assert.Single(attempts, attempt => attempt.Ending == "succeeded");
            var later = attempts.SkipWhile(attempt => attempt.Ending != "succeeded").Skip(1).ToList();
            Assert.Equal(2, later.Count(attempt => attempt.Ending == "replayed"));
            Assert.All(later, attempt => Assert.InRange(attempt.ResumedFrom ?? 0, 4, 5));
        }
        finally
        {
            server.Dispose();
            folder.Delete(recursive: true);
        }
    }

    private static string? Sft(ExperimentView view) => view.Runs.Single(run => run.Run == "sft").JobKey;

    private static async Task<IReadOnlyList<JobAttempt>> AttemptsAsync(string data, string job)
    {
        await using var storage = new ServiceCollection().AddLogging().AddCrescentStorage(options => options.DataFolder = data).BuildServiceProvider();
        return await storage.GetRequiredService<IJobHistory>().AttemptsAsync(job);
    }

    private static async Task<Dictionary<string, string>> Hashes(ServerProcess server, string id) =>
        (await server.ArtifactsAsync(id)).DistinctBy(artifact => $"{artifact.Run}/{artifact.Name}").ToDictionary(artifact => $"{artifact.Run}/{artifact.Name}", artifact => artifact.Sha256);
}
