using System.Text.Json;
using Crescent.Abstractions.Experiments;
using Crescent.Cli.Tests.Terminal;
using Crescent.Kernels.Sft;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crescent.Cli.Tests.Tasks;

/// <summary><c>crescent task data</c> against a server that knows two experiments: one that draws fresh pairs, one with a set of its own.</summary>
[Collection(ConsoleCapture.Collection)]
public sealed class TaskDataTests : IAsyncLifetime
{
    private const string Fresh = "e00000000000001";
    private const string OwnSet = "e00000000000002";
    private readonly string folder = Directory.CreateTempSubdirectory("crescent-task-").FullName;
    private readonly WebApplication server = Silent();

    private string File => Path.Combine(folder, "pairs.jsonl");

    private static WebApplication Silent()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    public async ValueTask InitializeAsync()
    {
        var spec = ExperimentSpecReader.Read("""{"version":1,"name":"n","question":"q","preset":"tiny"}""");
        server.Urls.Add("http://127.0.0.1:0");
        server.MapGet("/api/v1/experiments/{id}/spec", (string id) => Results.Text(ExperimentSpecReader.Write(id == Fresh ? spec : spec with { Sft = spec.Sft with { Data = new SftDataSpec(30) } }), "application/json"));
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string experiment, params string[] options) =>
        await ConsoleCapture.RunAsync(["task", "data", experiment, .. options, "--server", server.Urls.First()]);

    private List<(string Prompt, string Answer)> Pairs() =>
        [.. System.IO.File.ReadLines(File).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).Select(pair => (pair.GetProperty("prompt").GetString()!, pair.GetProperty("answer").GetString()!))];

    [Fact]
    public async Task Data_ToAFile_IsDistinctPromptsWithTheirSolutions()
    {
        var (exitCode, output, errors) = await RunAsync(Fresh, "--examples", "60", "--file", File);

        Assert.Equal((0, ""), (exitCode, output));
        Assert.Contains(File, errors, StringComparison.Ordinal);
        var pairs = Pairs();
        Assert.Equal((60, 60), (pairs.Count, pairs.Distinct().Count()));
        Assert.All(pairs, pair => Assert.StartsWith("bos GP R10 ", pair.Prompt, StringComparison.Ordinal));
        Assert.All(pairs, pair => Assert.Contains("=24", pair.Answer, StringComparison.Ordinal));
        Assert.All(pairs, pair => Assert.EndsWith("eos", pair.Answer, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Data_Again_IsTheSame()
    {
        await RunAsync(Fresh, "--examples", "20", "--file", File);
        var first = Pairs();
        System.IO.File.Delete(File);

        await RunAsync(Fresh, "--examples", "20", "--file", File);

        Assert.Equal(first, Pairs());
    }

    [Fact]
    public async Task Data_ExperimentWithASetOfItsOwn_IsThatSet()
    {
        var spec = ExperimentSpecReader.Read("""{"version":1,"name":"n","question":"q","preset":"tiny"}""").Sft with { Data = new SftDataSpec(30) };

        Assert.Equal(0, (await RunAsync(OwnSet, "--file", File)).ExitCode);

        var (task, trained) = (spec.Task.Create(), new SftData(spec));
        Assert.Equal(
            [.. Enumerable.Range(0, 30).Select(place => trained.Example(place / spec.Batch, place % spec.Batch)).Select(pair => (task.Text(pair.Tokens.AsSpan(0, pair.AnswerStart)), task.Text(pair.Tokens.AsSpan(pair.AnswerStart))))],
            Pairs());
    }

    [Theory]
    [InlineData("0", "1 to")]
    [InlineData("1000001", "1 to")]
    [InlineData("900000", "distinct pairs")]
    public async Task Data_SizeThatCannotBe_IsRefusedAndWritesNothing(string examples, string message)
    {
        var (exitCode, _, errors) = await RunAsync(Fresh, "--examples", examples, "--file", File);

        Assert.Equal(1, exitCode);
        Assert.Contains("sft.data.examples", errors, StringComparison.Ordinal);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }
}
