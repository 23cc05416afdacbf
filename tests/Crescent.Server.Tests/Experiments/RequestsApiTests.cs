using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crescent.Server.Tests.Problems;

namespace Crescent.Server.Tests.Experiments;

public sealed class RequestsApiTests(ServerBench server) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Pause_SameKeyTwice_IsOneRequest()
    {
        var id = await server.CreateAsync();

        using var first = await PostAsync($"{id}/pause", key: "pause-1");
        using var resumed = await PostAsync($"{id}/resume");
        using var again = await PostAsync($"{id}/pause", key: "pause-1");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, again.StatusCode));
        Assert.Equal($"/api/v1/experiments/{id}/requests/1", Operation(first));
        Assert.Equal(Operation(first), Operation(again));
        Assert.Equal("running", (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment").GetProperty("phase").GetString());
        var request = await server.Http.GetFromJsonAsync<JsonElement>(Operation(first));
        Assert.Equal(("pause", "done"), (request.GetProperty("verb").GetString(), request.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Cancel_KeyOfAnotherRequest_Conflicts()
    {
        var id = await server.CreateAsync();
        using var paused = await PostAsync($"{id}/pause", key: "one-key");

        using var response = await PostAsync($"{id}/cancel", key: "one-key");

        await ProblemAssert.IsAsync(HttpStatusCode.Conflict, "idempotency-conflict", response);
    }

    [Theory]
    [InlineData("retry", null, "No run has failed")]
    [InlineData("extend", """{ "sft": { "checkpoints": [12] } }""", "only a finished one")]
    public async Task Request_WrongPhase_IsRefusedAndSaysSo(string verb, string? body, string says)
    {
        var id = await server.CreateAsync();

        using var response = await PostAsync($"{id}/{verb}", body);

        var problem = await ProblemAssert.IsAsync(HttpStatusCode.Conflict, "phase-conflict", response);
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var request = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}/requests/1");
        Assert.Equal("refused", request.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("""{ "sft": { "steps": 99 } }""", "sft.steps", "fork the experiment")]
    [InlineData("""{ "sft": { "checkpoints": [99] } }""", "sft.checkpoints", "outside the run")]
    [InlineData("""{ "recovery": { "from": ["nowhere"] } }""", "recovery.from", "no checkpoint")]
    public async Task Extend_WithWhatCannotBe_IsRefusedBeforeItIsStored(string body, string field, string says)
    {
        var id = await server.CreateAsync();

        using var response = await PostAsync($"{id}/extend", body);

        var problem = await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "spec-invalid", response);
        Assert.Contains(problem.GetProperty("problems").EnumerateArray(), found =>
            found.GetProperty("field").GetString()!.StartsWith(field, StringComparison.Ordinal) && found.GetProperty("message").GetString()!.Contains(says, StringComparison.Ordinal));
        using var request = await server.Http.GetAsync($"api/v1/experiments/{id}/requests/1");
        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "request-not-found", request);
    }

    [Fact]
    public async Task Fork_CheckpointThatIsNotThere_IsNotFound()
    {
        var id = await server.CreateAsync();

        using var missing = await PostAsync($"{id}/fork?checkpoint=sft-8");
        using var unnamed = await PostAsync($"{id}/fork");

        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "checkpoint-not-found", missing);
        await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "request-invalid", unnamed);
    }

    private static string Operation(HttpResponseMessage response) => response.Headers.GetValues("Operation-Location").Single();

    private async Task<HttpResponseMessage> PostAsync(string path, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/experiments/{path}") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await server.Http.SendAsync(request);
    }
}
