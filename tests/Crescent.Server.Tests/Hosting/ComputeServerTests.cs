using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crescent.Server.Workers;
using Crescent.Storage.Sqlite;

namespace Crescent.Server.Tests.Hosting;

/// <summary>A process that only computes, beside one that controls.</summary>
public sealed class ComputeServerTests(ServerBench control) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Start_BesideAControlProcess_ServesHealthAndMetricsAndNothingElse()
    {
        await using var app = await CrescentServer.StartAsync($"--Crescent:DataFolder={control.Folder.FullName}", "--Crescent:Roles=compute", "--Crescent:Worker:Slots=3", "--Crescent:Worker:Labels=fast, big", "--Crescent:Worker:MemoryMiB=2048", "--Crescent:Log:Console=false");
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var ready = await http.GetFromJsonAsync<JsonElement>("health/ready");
        var metrics = await http.GetStringAsync("metrics");
        using var api = await http.GetAsync("api/v1/experiments");

        var workers = await control.Http.GetFromJsonAsync<List<WorkerView>>("api/v1/workers");

        var worker = Assert.Single(workers!, worker => worker.Roles is ["compute"]);
        Assert.Equal(("active", 3, 0, true), (worker.State, worker.Slots, worker.Busy, worker.SameCode));
        Assert.Equal(("cpu", "fast big", 2048), (string.Join(' ', worker.Engines), string.Join(' ', worker.Labels), worker.MemoryMiB));
        Assert.Equal("ready", ready.GetProperty("status").GetString());
        Assert.Contains("crescent_worker_slots 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("crescent_worker_attempts_total{ending=\"completed\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, api.StatusCode);
        await app.StopAsync();
        Assert.DoesNotContain((await control.Http.GetFromJsonAsync<List<WorkerView>>("api/v1/workers"))!, worker => worker.Roles is ["compute"]);
    }

    [Fact]
    public async Task Get_ExperimentWithoutWorkers_SaysWhyItsRunWaits()
    {
        var id = await control.CreateAsync(ServerBench.TinySpec);

        var view = await control.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}");

        var wait = view.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("wait")).First(wait => wait.ValueKind == JsonValueKind.Object);
        Assert.Equal("no-worker", wait.GetProperty("reason").GetString());
        Assert.Contains("Start one", wait.GetProperty("message").GetString(), StringComparison.Ordinal);
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
