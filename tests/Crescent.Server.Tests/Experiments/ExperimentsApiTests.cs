using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crescent.Server.Tests.Problems;

namespace Crescent.Server.Tests.Experiments;

public sealed class ExperimentsApiTests(ServerBench server) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Post_YamlSpec_CreatesStartsAndLocates()
    {
        using var response = await server.PostSpecAsync();
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        var id = created.GetProperty("id").GetString()!;

        var view = await server.Http.GetFromJsonAsync<JsonElement>(response.Headers.Location);
        var spec = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}/spec");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/v1/experiments/{id}", response.Headers.Location!.OriginalString);
        Assert.Equal("running", view.GetProperty("experiment").GetProperty("phase").GetString());
        Assert.Contains(view.GetProperty("runs").EnumerateArray(), run => run.GetProperty("kind").GetString() == "base-training");
        Assert.True(spec.GetProperty("sft").GetProperty("steps").GetInt32() > 0);
    }

    [Fact]
    public async Task Post_SameKeyAgain_GivesTheFirstExperiment()
    {
        using var first = await server.PostSpecAsync(key: "key-1");
        using var second = await server.PostSpecAsync(key: "key-1");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(
            (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString(),
            (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Post_SameKeyOtherSpec_IsAConflict()
    {
        using var first = await server.PostSpecAsync(key: "key-2");
        using var second = await server.PostSpecAsync(ServerBench.TinySpec + "\nseed: 7\n", key: "key-2");

        await ProblemAssert.IsAsync(HttpStatusCode.Conflict, "idempotency-conflict", second);
    }

    [Fact]
    public async Task Post_UnknownAndContradictoryFields_NamesEachAndStoresNothing()
    {
        var before = await ListAsync("?limit=200");
        using var response = await server.PostSpecAsync(ServerBench.TinySpec + "\nsead: 1\nsft:\n  checkpoints: [0, 9999]\n");

        var problem = await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "spec-invalid", response);
        var fields = problem.GetProperty("problems").EnumerateArray().Select(item => item.GetProperty("field").GetString()!).ToList();

        Assert.Contains("sead", fields);
        Assert.Contains(fields, field => field.StartsWith("sft", StringComparison.Ordinal));
        Assert.Equal(before.GetProperty("experiments").GetArrayLength(), (await ListAsync("?limit=200")).GetProperty("experiments").GetArrayLength());
    }

    [Theory]
    [InlineData("a: [", "application/yaml", 400, "yaml-invalid")]
    [InlineData("{", "application/json", 400, "spec-invalid")]
    [InlineData("[]", "application/json", 400, "spec-invalid")]
    [InlineData("", "application/yaml", 400, "spec-invalid")]
    [InlineData("version: 1", "text/plain", 415, "media-type-unsupported")]
    public async Task Post_Malformed_IsRefused(string body, string mediaType, int status, string code)
    {
        using var response = await server.PostSpecAsync(body, mediaType);

        await ProblemAssert.IsAsync((HttpStatusCode)status, code, response);
    }

    [Fact]
    public async Task Post_Oversized_IsRefusedAndEndsTheConnection()
    {
        using var response = await server.PostSpecAsync(new string('#', 300 * 1024));

        await ProblemAssert.IsAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large", response);
        Assert.True(response.Headers.ConnectionClose);
    }

    [Fact]
    public async Task Post_BadIdempotencyKey_IsRefused()
    {
        using var response = await server.PostSpecAsync(key: new string('k', 201));

        await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "request-invalid", response);
    }

    [Theory]
    [InlineData("e0000000000000a")]
    [InlineData("nothing")]
    [InlineData("..%2F..%2Fetc")]
    public async Task Get_UnknownId_IsNotFound(string id)
    {
        using var response = await server.Http.GetAsync($"api/v1/experiments/{id}");

        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "experiment-not-found", response);
    }

    [Fact]
    public async Task List_PageByPage_GivesEachOnceNewestFirst()
    {
        for (var i = 0; i < 3; i++)
        {
            await server.CreateAsync();
        }

        List<string> ids = [];
        string? cursor = null;
        do
        {
            var page = await ListAsync($"?limit=2{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            ids.AddRange(page.GetProperty("experiments").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.True(ids.Count >= 3);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=100000")]
    [InlineData("?limit=many")]
    public async Task List_BadLimit_IsRefused(string query)
    {
        using var response = await server.Http.GetAsync($"api/v1/experiments{query}");

        await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "request-invalid", response);
    }

    [Fact]
    public async Task List_ForgedCursor_IsRefused()
    {
        using var response = await server.Http.GetAsync("api/v1/experiments?cursor=forged");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Cancel_Twice_IsAcceptedTwiceAndEndsTheExperiment()
    {
        var id = await server.CreateAsync();

        using var first = await server.Http.PostAsync($"api/v1/experiments/{id}/cancel", null);
        using var second = await server.Http.PostAsync($"api/v1/experiments/{id}/cancel", null);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Contains((await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment").GetProperty("phase").GetString(), new[] { "cancelling", "cancelled" });
    }

    [Fact]
    public async Task PauseThenResume_RunningExperiment_GoesOn()
    {
        var id = await server.CreateAsync();

        using var paused = await server.Http.PostAsync($"api/v1/experiments/{id}/pause", null);
        using var resumed = await server.Http.PostAsync($"api/v1/experiments/{id}/resume", null);

        Assert.Contains((await paused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment").GetProperty("phase").GetString(), new[] { "pausing", "paused" });
        Assert.Equal("running", (await resumed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment").GetProperty("phase").GetString());
    }

    [Fact]
    public async Task Metrics_UnknownRun_SaysWhichThereAre()
    {
        var id = await server.CreateAsync();
        using var known = await server.Http.GetAsync($"api/v1/experiments/{id}/runs/base/metrics");
        using var response = await server.Http.GetAsync($"api/v1/experiments/{id}/runs/recovery%2F12345/metrics");

        var problem = await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "run-not-found", response);
        Assert.Contains("'recovery/12345'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task Compute_BeforeAnythingHasRun_IsNothing()
    {
        var id = await server.CreateAsync();
        var compute = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}/compute");
        using var unknown = await server.Http.GetAsync("api/v1/experiments/e99/compute");

        Assert.Empty(compute.GetProperty("runs").EnumerateArray());
        Assert.Equal(0, compute.GetProperty("total").GetProperty("flops").GetDouble());
        Assert.Equal(JsonValueKind.Null, compute.GetProperty("total").GetProperty("joules").ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Create_ReferenceThatIsNotStored_NamesTheFieldAndStoresNothing()
    {
        var before = (await ListAsync("?limit=200")).GetProperty("experiments").GetArrayLength();
        using var response = await server.PostSpecAsync(ServerBench.TinySpec + "\nsft: { objective: { name: rho-1, reference: " + new string('a', 64) + " } }\n");

        var problem = await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "spec-invalid", response);
        Assert.Contains("sft.objective.reference", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, (await ListAsync("?limit=200")).GetProperty("experiments").GetArrayLength());
    }

    private async Task<JsonElement> ListAsync(string query) => await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments{query}");
}
