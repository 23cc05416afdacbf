using System.Net.Http.Json;
using System.Text.Json;
using Crescent.Kernels.Jobs;

namespace Crescent.Server.Tests.Artifacts;

public sealed class StorageApiTests : IAsyncLifetime
{
    private readonly ServerBench server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Check_ArtifactDamaged_NamesItAndCollectLeavesIt()
    {
        await server.CreateFinishedAsync(("report.html", ArtifactKinds.Report, "text/html", "<p>fine</p>"));
        var sound = await PostAsync("check");
        var blob = Directory.EnumerateFiles(Path.Combine(server.Folder.FullName, "blobs"), "*", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(blob, "<p>fake</p>");

        var damaged = await PostAsync("check");
        var collected = await PostAsync("collect?dryRun=true");

        Assert.True(sound.GetProperty("sound").GetBoolean());
        Assert.Equal(1, sound.GetProperty("verified").GetInt32());
        var finding = damaged.GetProperty("findings").EnumerateArray().Single();
        Assert.Equal(("damaged", Path.GetFileName(blob)), (finding.GetProperty("problem").GetString(), finding.GetProperty("subject").GetString()));
        Assert.Empty(collected.GetProperty("blobs").EnumerateArray());
    }

    private async Task<JsonElement> PostAsync(string path)
    {
        using var response = await server.Http.PostAsync($"api/v1/storage/{path}", null);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
