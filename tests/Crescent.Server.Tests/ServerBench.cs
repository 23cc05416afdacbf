using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Crescent.Server.Tests;

/// <summary>A server in this process, on a free port and a data folder of its own, without the compute role: jobs are worked on by the test, if at all.</summary>
public sealed class ServerBench : IAsyncLifetime
{
    public const string TinySpec = """
        version: 1
        name: tiny
        question: Does it hold together?
        preset: tiny
        """;

    private WebApplication? app;

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("crescent-server-");

    public string Url { get; } = $"http://127.0.0.1:{CrescentServer.FreePort()}";

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => app!.Services;

    public IExperimentStore Store => Services.GetRequiredService<IExperimentStore>();

    public string[] Arguments => [$"--Crescent:DataFolder={Folder.FullName}", $"--Crescent:Url={Url}", "--Crescent:Roles=control", "--Crescent:Log:Console=false"];

    public async ValueTask InitializeAsync()
    {
        app = await CrescentServer.StartAsync(Arguments);
        Http.BaseAddress = new Uri(Url);
    }

    public async ValueTask DisposeAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        Http.Dispose();
        Folder.Delete(recursive: true);
    }

    public async Task<HttpResponseMessage> PostSpecAsync(string document = TinySpec, string mediaType = "application/yaml", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/experiments") { Content = new StringContent(document, Encoding.UTF8, mediaType) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await Http.SendAsync(request);
    }

    public async Task<string> CreateAsync(string document = TinySpec)
    {
        using var response = await PostSpecAsync(document);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>An experiment that has ended, with one run that made these artifacts; written straight into the store.</summary>
    public async Task<string> CreateFinishedAsync(params (string Name, string Kind, string MediaType, string Text)[] artifacts)
    {
        var id = $"e{Guid.NewGuid():n}"[..16].Replace('u', 'v').Replace('i', 'j').Replace('l', 'm').Replace('o', 'p');
        var now = DateTimeOffset.UnixEpoch;
        var row = new ExperimentRow(id, "finished", "Is it over?", JobJson.Hash(id), "pending", now, null, null, null, 0);
        await Store.CreateAsync(row, $"{{\"made\":\"{id}\"}}", null);
        var runId = $"{id}/report";
        var queue = Services.GetRequiredService<SqlJobQueue>();
        var request = new JobRequest(JobKinds.Report, $"{{\"of\":\"{id}\"}}", new Dictionary<string, string>(), "test");
        await queue.SubscribeAsync(request, runId, 1);
        var claim = await queue.ClaimAsync(new WorkerIdentity("test", [JobKinds.Report], "test"), TimeSpan.FromMinutes(1));
        var blobs = Services.GetRequiredService<IBlobStore>();
        List<ArtifactReference> references = [];
        foreach (var (name, kind, mediaType, text) in artifacts)
        {
            var blob = await blobs.PutAsync(stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            references.Add(new ArtifactReference(name, kind, mediaType, blob.Sha256, blob.Bytes));
        }

        await queue.CommitAsync(claim!, new JobCommitRecord(null, 0, [new JobOutcomeRecord(OutcomeKinds.Completed, 0, "{}", references)], []));
        await queue.AcknowledgeAsync(runId, 1, false);
        var run = new RunRow(runId, id, 0, JobKinds.Report, "Report", "succeeded", request.Key, false, "{}", null, now, now);
        var events = Enumerable.Range(1, 3).Select(n => new ExperimentEvent(n, n == 3 ? "experiment-succeeded" : "run-started", now, $"{{\"n\":{n}}}")).ToList();
        await Store.AppendAsync(row with { Phase = "succeeded", StartedAt = now, FinishedAt = now.AddSeconds(5), LastSequence = 3 }, [run], events);
        return id;
    }
}
