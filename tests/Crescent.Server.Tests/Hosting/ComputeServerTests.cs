using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crescent.Storage.Sqlite;

namespace Crescent.Server.Tests.Hosting;

/// <summary>A process that only computes, beside one that controls.</summary>
public sealed class ComputeServerTests(ServerBench control) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Start_BesideAControlProcess_ServesHealthAndMetricsAndNothingElse()
    {
        await using var app = await CrescentServer.StartAsync($"--Crescent:DataFolder={control.Folder.FullName}", "--Crescent:Roles=compute", "--Crescent:Worker:Slots=3", "--Crescent:Log:Console=false");
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var ready = await http.GetFromJsonAsync<JsonElement>("health/ready");
        var metrics = await http.GetStringAsync("metrics");
        using var api = await http.GetAsync("api/v1/experiments");

        Assert.Equal("ready", ready.GetProperty("status").GetString());
        Assert.Contains("crescent_worker_slots 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("crescent_worker_attempts_total{ending=\"completed\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, api.StatusCode);
        await app.StopAsync();
    }

    [Fact]
    public async Task Start_NoControlProcessInTime_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-alone-");
        try
        {
            var error = await Assert.ThrowsAsync<CrescentException>(() => CrescentServer.StartAsync($"--Crescent:DataFolder={folder.FullName}", "--Crescent:Roles=compute", "--Crescent:JoinTimeout=00:00:00.300", "--Crescent:Log:Console=false"));

            Assert.Equal(DataFolder.NotReady, error.Code);
            Assert.Contains("crescent dev", error.Message, StringComparison.Ordinal);
            Assert.Empty(folder.EnumerateFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
