using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crescent.Server.Tests.Problems;

namespace Crescent.Server.Tests.Hosting;

public sealed class ServerTests(ServerBench server) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Start_PortInUse_SaysSoAndLeavesTheFolderFree()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-port-");
        try
        {
            var error = await Assert.ThrowsAsync<CrescentException>(() => CrescentServer.StartAsync($"--Crescent:DataFolder={folder.FullName}", $"--Crescent:Url={server.Url}", "--Crescent:Log:Console=false"));

            Assert.Equal("port-in-use", error.Code);
            Assert.Contains("--port", error.Message, StringComparison.Ordinal);
            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Start_DataFolderInUse_SaysSo()
    {
        var error = await Assert.ThrowsAsync<CrescentException>(() => CrescentServer.StartAsync($"--Crescent:DataFolder={server.Folder.FullName}", $"--Crescent:Url=http://127.0.0.1:{CrescentServer.FreePort()}", "--Crescent:Log:Console=false"));

        Assert.Equal("data-folder-in-use", error.Code);
    }

    [Fact]
    public void Build_DiskNearlyFull_SaysSoBeforeAnythingStarts()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-full-");
        try
        {
            var error = Assert.Throws<CrescentException>(() => CrescentServer.Build(
                $"--Crescent:DataFolder={folder.FullName}", $"--Crescent:Url=http://127.0.0.1:{CrescentServer.FreePort()}", "--Crescent:Log:Console=false", "--Crescent:MinimumFreeMebibytes=1000000000"));

            Assert.Equal(("storage-full", true), (error.Code, error.Retryable));
            Assert.False(File.Exists(Path.Combine(folder.FullName, "crescent.db")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--Crescent:Url=https://127.0.0.1:1", "Crescent:Url")]
    [InlineData("--Crescent:Url=5250", "Crescent:Url")]
    [InlineData("--Crescent:Roles=,", "control,compute")]
    [InlineData("--Crescent:JoinTimeout=-00:00:01", "Crescent:JoinTimeout")]
    [InlineData("--Crescent:Roles=control,worker", "'worker'")]
    [InlineData("--Crescent:Worker:Slots=-1", "Crescent:Worker:Slots")]
    [InlineData("--Crescent:Worker:Lease=00:00:00.1", "Crescent:Worker:Lease")]
    [InlineData("--Crescent:Worker:HeartbeatInterval=00:00:06", "00:00:05")]
    [InlineData("--Crescent:Log:Level=loud", "Crescent:Log:Level")]
    public void Build_BadOption_NamesItAndTheCure(string argument, string expected)
    {
        var error = Assert.Throws<CrescentException>(() => CrescentServer.Build("--Crescent:Log:Console=false", argument));

        Assert.Equal("options-invalid", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("health/live", "live")]
    [InlineData("health/ready", "ready")]
    public async Task Health_RunningServer_Answers(string path, string status) =>
        Assert.Equal(status, (await server.Http.GetFromJsonAsync<JsonElement>(path)).GetProperty("status").GetString());

    [Fact]
    public async Task UnknownRoute_IsAProblemWithACode()
    {
        using var response = await server.Http.GetAsync("api/v1/nothing");

        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "not-found", response);
    }

    [Fact]
    public async Task ForeignHostName_OnLoopback_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/experiments");
        request.Headers.Host = "attacker.example";

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Server_Asked_SaysWhatItRunsOn()
    {
        var view = await server.Http.GetFromJsonAsync<JsonElement>("api/v1/server");

        Assert.NotEqual("", view.GetProperty("runtime").GetString());
        Assert.Equal(64, view.GetProperty("codeHash").GetString()!.Length);
        Assert.Equal(0, view.GetProperty("slots").GetInt32());
    }

    [Fact]
    public async Task Schema_Served_IsTheReadersOwn()
    {
        var schema = await server.Http.GetFromJsonAsync<JsonElement>("schemas/experiment.json");

        Assert.Equal("Crescent experiment", schema.GetProperty("title").GetString());
    }

    /// <summary>docs/openapi.json is the published contract. After a wanted change: CRESCENT_UPDATE_SNAPSHOTS=1 dotnet test, and look at the difference.</summary>
    [Fact]
    public async Task OpenApi_Document_IsTheCommittedOne()
    {
        var path = Path.Combine(RepositoryRoot(), "docs", "openapi.json");
        var served = await server.Http.GetStringAsync("openapi/v1.json");
        if (Environment.GetEnvironmentVariable("CRESCENT_UPDATE_SNAPSHOTS") == "1")
        {
            await File.WriteAllTextAsync(path, served.TrimEnd() + "\n");
        }

        Assert.Equal((await File.ReadAllTextAsync(path)).TrimEnd(), served.TrimEnd());
    }

    internal static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
