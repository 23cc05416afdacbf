using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crescent.Abstractions.Studies;
using Crescent.Server.Experiments;
using Crescent.Server.Tests.Problems;

namespace Crescent.Server.Tests.Studies;

public sealed class StudiesApiTests(ServerBench server) : IClassFixture<ServerBench>
{
    private const string Document = """
        version: 1
        name: rates
        question: Does the rate matter?
        base: { preset: tiny }
        axes:
          - { name: rate, field: sft.learningRate.peak, values: [0.001, 0.0005] }
        seeds: [1, 2]
        maxRunning: 3
        """;

    [Fact]
    public async Task Post_Study_SubmitsAsManyExperimentsAsMayRun()
    {
        using var response = await PostAsync("", Document);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var study = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("running", study.GetProperty("study").GetProperty("phase").GetString());
        Assert.Equal(1, study.GetProperty("phases").GetProperty("not run").GetInt32());
        var first = study.GetProperty("cells")[0];
        Assert.Equal("rate=0.001", first.GetProperty("cell").GetString());
        var experiment = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{first.GetProperty("experiment").GetString()}");
        Assert.Equal("rates rate=0.001 #1", experiment.GetProperty("experiment").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Post_SameKeyTwice_IsOneStudyAndAnotherDocumentConflicts()
    {
        using var first = await PostAsync("", Document, key: "study-key");
        using var again = await PostAsync("", Document, key: "study-key");
        using var other = await PostAsync("", Document.Replace("[1, 2]", "[1]", StringComparison.Ordinal), key: "study-key");

        Assert.Equal(await IdAsync(first), await IdAsync(again));
        await ProblemAssert.IsAsync(HttpStatusCode.Conflict, "idempotency-conflict", other);
    }

    [Fact]
    public async Task Post_Invalid_IsRefusedWithItsFields()
    {
        using var response = await PostAsync("", Document.Replace("peak", "peek", StringComparison.Ordinal));

        var problem = await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "study-invalid", response);
        Assert.Equal("base.sft.learningRate.peek", problem.GetProperty("problems")[0].GetProperty("field").GetString());
    }

    [Fact]
    public async Task Extend_MoreSeeds_AddsOnlyWhatIsNewAndLessIsRefused()
    {
        using var created = await PostAsync("", Document);
        var study = await created.Content.ReadFromJsonAsync<JsonElement>();
        var before = study.GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("experiment").GetString()).ToList();
        var id = study.GetProperty("study").GetProperty("id").GetString();

        using var more = await PostAsync($"/{id}/extend", Document.Replace("[1, 2]", "[1, 2, 3]", StringComparison.Ordinal));
        using var less = await PostAsync($"/{id}/extend", Document.Replace("[1, 2]", "[1]", StringComparison.Ordinal));

        var after = (await more.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("cells").EnumerateArray().Select(cell => cell.GetProperty("experiment").GetString()).ToList();
        Assert.Equal(6, after.Count);
        Assert.Equal(before, before.Intersect(after));
        await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "study-invalid", less);
    }

    [Fact]
    public async Task Cancel_RunningStudy_CancelsItsExperimentsAndSubmitsNoMore()
    {
        using var created = await PostAsync("", Document);
        var id = await IdAsync(created);

        using var cancelled = await PostAsync($"/{id}/cancel", null);
        using var retried = await PostAsync($"/{id}/retry", null);

        var phases = (await cancelled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("phases");
        Assert.Equal(1, phases.GetProperty("not run").GetInt32());
        Assert.False(phases.TryGetProperty("running", out _));
        await ProblemAssert.IsAsync(HttpStatusCode.Conflict, "phase-conflict", retried);
    }

    [Fact]
    public async Task Report_NothingHasRun_SaysNotRun()
    {
        using var created = await PostAsync("", Document);
        var id = await IdAsync(created);

        var page = await server.Http.GetStringAsync($"api/v1/studies/{id}/report");
        var result = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/studies/{id}/result");
        using var unknown = await server.Http.GetAsync("api/v1/studies/s0");

        Assert.Contains("not run", page, StringComparison.Ordinal);
        Assert.Equal(2, result.GetProperty("cells").GetArrayLength());
        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "study-not-found", unknown);
    }

    [Fact]
    public async Task List_MoreThanAPage_GoesOnAtTheCursor()
    {
        List<string> created = [];
        for (var i = 0; i < 3; i++)
        {
            using var response = await PostAsync("", Document);
            created.Add(await IdAsync(response));
        }

        List<string> listed = [];
        var path = "api/v1/studies?limit=2";
        for (string? cursor = null; ;)
        {
            var page = await server.Http.GetFromJsonAsync<JsonElement>(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}");
            listed.AddRange(page.GetProperty("studies").EnumerateArray().Select(study => study.GetProperty("id").GetString()!));
            cursor = page.GetProperty("nextCursor").GetString();
            if (cursor is null)
            {
                break;
            }
        }

        Assert.Equal(created.AsEnumerable().Reverse(), listed.Take(3));
        Assert.Equal(listed.Distinct(), listed);
        using var wrong = await server.Http.GetAsync("api/v1/studies?cursor=%25");
        await ProblemAssert.IsAsync(HttpStatusCode.BadRequest, "cursor-invalid", wrong);
    }

    [Fact]
    public async Task Figures_NothingHasRun_AreNoneAndSaysWhy()
    {
        using var created = await PostAsync("", Document);
        var id = await IdAsync(created);

        var list = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/studies/{id}/figures");
        using var missing = await server.Http.GetAsync($"api/v1/studies/{id}/figures/cells");

        Assert.Equal(0, list.GetArrayLength());
        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "figure-not-found", missing);
        var outcomes = (await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/studies/{id}/result")).GetProperty("outcomes").EnumerateArray().ToList();
        Assert.Equal(4, outcomes.Count);
        Assert.Equal("It has not run.", outcomes[^1].GetProperty("cause").GetString());
    }

    [Fact]
    public void Examples_OfStudies_Expand()
    {
        var folder = Path.Combine(Hosting.ServerTests.RepositoryRoot(), "docs", "examples", "studies");

        Assert.All(Directory.GetFiles(folder, "*.yaml"), file => Assert.NotEmpty(StudyExpansion.Of("s1", StudySpecReader.Read(YamlDocument.Read(File.ReadAllText(file))))));
        Assert.Equal(5, StudyExpansion.Of("s1", StudySpecReader.Read(YamlDocument.Read(File.ReadAllText(Path.Combine(folder, "recovery-window.yaml"))))).Count);
    }

    private static async Task<string> IdAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("study").GetProperty("id").GetString()!;

    private async Task<HttpResponseMessage> PostAsync(string path, string? body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/studies{path}") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/yaml") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await server.Http.SendAsync(request);
    }
}
