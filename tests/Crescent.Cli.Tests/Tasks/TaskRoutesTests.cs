using System.Text.Json;
using Crescent.Cli.Tests.Terminal;

namespace Crescent.Cli.Tests.Tasks;

/// <summary><c>crescent task routes</c> on a file written by hand in the shape of the original's <c>route_infos.json</c>, with the fields that are not read.</summary>
[Collection(ConsoleCapture.Collection)]
public sealed class TaskRoutesTests : IDisposable
{
    private static readonly string Original = Path.Combine(AppContext.BaseDirectory, "Tasks", "route_infos.json");
    private readonly string folder = Directory.CreateTempSubdirectory("crescent-routes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Routes_OriginalsShape_SaysWhatItHolds()
    {
        var (exitCode, output, errors) = await ConsoleCapture.RunAsync("task", "routes", Original);

        Assert.Equal((0, "", "2 routes, 5 legs (at most 3 in one), 4 of them to a landmark."), (exitCode, errors, output.Trim()));
    }

    [Fact]
    public async Task Routes_AsJson_IsOneDocument()
    {
        var (exitCode, output, _) = await ConsoleCapture.RunAsync("task", "routes", Original, "-o", "json");

        var summary = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal(0, exitCode);
        Assert.Equal((2, 5, 3, 4), (Number("routes"), Number("legs"), Number("mostLegs"), Number("landmarks")));

        int Number(string name) => summary.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData("299 (northwest)", "299 (south)", "[0][0].milestone_info.1.to_next_intersection_heading")]
    [InlineData("Harbour Tailor is on your right", "No landmark nearby", "[0][1].milestone_info")]
    [InlineData("\"init_heading\": 180", "\"init_heading\": -3", "[0][1].init_heading")]
    public async Task Routes_BrokenRoute_NamesItsField(string from, string to, string field)
    {
        var text = await File.ReadAllTextAsync(Original, TestContext.Current.CancellationToken);
        Assert.Contains(from, text, StringComparison.Ordinal);
        var file = Path.Combine(folder, "broken.json");
        await File.WriteAllTextAsync(file, text.Replace(from, to, StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var (exitCode, output, errors) = await ConsoleCapture.RunAsync("task", "routes", file);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("(routes-invalid)", errors, StringComparison.Ordinal);
        Assert.Contains(field, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.json")]
    [InlineData("")]
    public async Task Routes_NoFile_IsWrongUsageWithTheCure(string name)
    {
        var (exitCode, _, errors) = await ConsoleCapture.RunAsync("task", "routes", Path.Combine(folder, name));

        Assert.Equal(2, exitCode);
        Assert.Contains("crescent task routes FILE", errors, StringComparison.Ordinal);
    }
}
