using System.Text.Json;
using Crescent.Chaos;

namespace Crescent.EndToEnd.Tests.Cli;

/// <summary>A study with the real command, and a server that is killed once it has begun.</summary>
public sealed class StudyJourneyTests
{
    [Fact]
    public async Task CreateWatchReport_ServerKilledInBetween_EndsWithAReportOfEverySeed()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-study-");
        var (data, log) = (Path.Combine(folder.FullName, "data"), Path.Combine(folder.FullName, "server.log"));
        var file = Path.Combine(folder.FullName, "study.yaml");
        await File.WriteAllTextAsync(file, "version: 1\nname: pair\nquestion: Does a study hold together?\nbase: { preset: tiny }\nseeds: [1, 2]\nmaxRunning: 1\n");
        var server = await ServerProcess.StartAsync(data, log);
        try
        {
            var created = await CrescentProcess.RunAsync("study", "create", file, "--idempotency-key", "k", "-o", "json", "--server", server.Url);
            var id = JsonSerializer.Deserialize<JsonElement>(created.Output).GetProperty("study").GetProperty("id").GetString()!;
            await server.KillAsync();
            server.Dispose();
            server = await ServerProcess.StartAsync(data, log);

            var watched = await CrescentProcess.RunAsync("study", "watch", id, "--server", server.Url);
            var reported = await CrescentProcess.RunAsync("study", "report", id, "-o", "json", "--server", server.Url);
            var table = await CrescentProcess.RunAsync("study", "report", id, "--server", server.Url);
            var figures = await CrescentProcess.RunAsync("study", "figure", "list", id, "--server", server.Url);
            var figure = await CrescentProcess.RunAsync("study", "figure", "get", id, "cells", "-o", "csv", "--server", server.Url);
            var page = Path.Combine(folder.FullName, "study.html");
            var written = await CrescentProcess.RunAsync("study", "report", id, "--html", page, "--server", server.Url);

            Assert.Equal((0, 0, 0, 0, 0), (watched.ExitCode, reported.ExitCode, written.ExitCode, table.ExitCode, figure.ExitCode));
            Assert.Contains("OOD lost since the best", table.Output, StringComparison.Ordinal);
            Assert.Contains("Compute, shared work counted once", table.Output, StringComparison.Ordinal);
            Assert.Contains("cells (svg, csv, json)", figures.Output, StringComparison.Ordinal);
            Assert.StartsWith("cell,quantity", figure.Output, StringComparison.Ordinal);
            var cell = JsonSerializer.Deserialize<JsonElement>(reported.Output).GetProperty("cells")[0];
            Assert.Equal(2, cell.GetProperty("experiments").EnumerateArray().Count(one => one.GetProperty("counted").GetBoolean()));
            Assert.Contains(cell.GetProperty("quantities").EnumerateArray(), found => found.GetProperty("name").GetString() == "forgetting" && found.GetProperty("seeds").GetInt32() == 2);
            Assert.All(cell.GetProperty("claims").EnumerateArray(), claim => Assert.Equal("inconclusive", claim.GetProperty("verdict").GetString()));
            Assert.Contains("2 of 2 experiments count", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
            Assert.Equal(0, await server.StopAsync());
        }
        finally
        {
            server.Dispose();
            folder.Delete(recursive: true);
        }
    }
}
