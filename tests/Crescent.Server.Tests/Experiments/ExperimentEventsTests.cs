using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Crescent.Server.Tests.Problems;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crescent.Server.Tests.Experiments;

public sealed class ExperimentEventsTests(ServerBench server) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Follow_FinishedExperiment_SendsAllEventsAndEnds()
    {
        var id = await server.CreateFinishedAsync();

        var events = await ReadAsync(id, null);

        Assert.Equal(["1", "2", "3"], events.Select(item => item.EventId));
        Assert.Equal("experiment-succeeded", events[^1].EventType);
        Assert.Equal(3, JsonSerializer.Deserialize<JsonElement>(events[^1].Data).GetProperty("payload").GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task Follow_AfterLastEventId_SendsTheRestOnly()
    {
        var id = await server.CreateFinishedAsync();

        Assert.Equal(["3"], (await ReadAsync(id, "2")).Select(item => item.EventId));
        Assert.Empty(await ReadAsync(id, "3"));
    }

    [Fact]
    public async Task Follow_RunningExperiment_StaysOpenUntilItEnds()
    {
        var id = await server.CreateAsync();
        var following = ReadAsync(id, null);
        var early = following.IsCompleted;

        await server.Http.PostAsync($"api/v1/experiments/{id}/cancel", null);
        var events = await following.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(early);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => $"{n}"), events.Select(item => item.EventId));
        Assert.Contains("cancelled", events[^1].EventType, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_ServerStops_BreaksTheConnectionInsteadOfEndingIt()
    {
        await using var stopping = new ServerBench();
        await stopping.InitializeAsync();
        var id = await stopping.CreateAsync();
        using var response = await stopping.Http.GetAsync($"api/v1/experiments/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("event: experiment-started", await reader.ReadLineAsync());

        stopping.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Follow_BadLastEventId_IsRefused()
    {
        var id = await server.CreateFinishedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/experiments/{id}/events");
        request.Headers.Add("Last-Event-ID", "abc");

        using var response = await server.Http.SendAsync(request);

        await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "request-invalid", response);
    }

    private async Task<List<SseItem<string>>> ReadAsync(string id, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/experiments/{id}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        List<SseItem<string>> items = [];
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            items.Add(item);
        }

        return items;
    }
}
