using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Crescent.Kernels.Jobs;
using Crescent.Server.Tests.Problems;

namespace Crescent.Server.Tests.Artifacts;

public sealed class ArtifactsApiTests(ServerBench server) : IClassFixture<ServerBench>
{
    private static readonly (string, string, string, string)[] Files =
    [
        ("curve.svg", ArtifactKinds.Figure, "image/svg+xml", "<svg/>"),
        ("curve.csv", ArtifactKinds.Figure, "text/csv; charset=utf-8", "step,accuracy"),
        ("curve.json", ArtifactKinds.Figure, "application/json", "{}"),
        ("report.html", ArtifactKinds.Report, "text/html; charset=utf-8", "<!doctype html>"),
        ("result.json", ArtifactKinds.Result, "application/json", "{\"claims\":[]}"),
    ];

    [Theory]
    [InlineData("", "image/svg+xml", "<svg/>")]
    [InlineData("text/csv", "text/csv", "step,accuracy")]
    [InlineData("application/json", "application/json", "{}")]
    public async Task Figure_Accept_ChoosesTheForm(string accept, string mediaType, string body)
    {
        var id = await server.CreateFinishedAsync(Files);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/experiments/{id}/figures/curve");
        if (accept.Length > 0)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        }

        using var response = await server.Http.SendAsync(request);

        Assert.Equal(mediaType, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Figures_Listed_NameTheirForms()
    {
        var id = await server.CreateFinishedAsync(Files);

        var figures = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}/figures");

        var figure = Assert.Single(figures.EnumerateArray());
        Assert.Equal("curve", figure.GetProperty("name").GetString());
        Assert.Equal(["svg", "csv", "json"], figure.GetProperty("formats").EnumerateArray().Select(item => item.GetString()));
    }

    [Theory]
    [InlineData("figures/other", 404, "figure-not-found")]
    [InlineData("figures/..%2Freport", 404, "figure-not-found")]
    [InlineData("figures/curve?format=png", 406, "format-not-acceptable")]
    [InlineData("artifacts/0000", 404, "artifact-not-found")]
    [InlineData("artifacts/..%2F..%2Fcrescent.db", 404, "artifact-not-found")]
    public async Task Get_NotThere_SaysSo(string path, int status, string code)
    {
        var id = await server.CreateFinishedAsync(Files);

        using var response = await server.Http.GetAsync($"api/v1/experiments/{id}/{path}");

        await ProblemAssert.IsAsync((HttpStatusCode)status, code, response);
    }

    [Fact]
    public async Task Artifact_RangeAndETag_AreHonoured()
    {
        var id = await server.CreateFinishedAsync(Files);
        var artifacts = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}/artifacts");
        var hash = artifacts.EnumerateArray().Single(item => item.GetProperty("name").GetString() == "curve.csv").GetProperty("sha256").GetString()!;
        var path = $"api/v1/experiments/{id}/artifacts/{hash}";
        using var part = new HttpRequestMessage(HttpMethod.Get, path);
        part.Headers.Range = new RangeHeaderValue(0, 3);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{hash}\""));

        using var partial = await server.Http.SendAsync(part);
        using var unchanged = await server.Http.SendAsync(again);

        Assert.Equal(HttpStatusCode.PartialContent, partial.StatusCode);
        Assert.Equal("step", await partial.Content.ReadAsStringAsync());
        Assert.Equal($"\"{hash}\"", partial.Headers.ETag?.Tag);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task ReportAndResult_Finished_AreServedAndCannotCallOut()
    {
        var id = await server.CreateFinishedAsync(Files);

        using var report = await server.Http.GetAsync($"api/v1/experiments/{id}/report");
        using var result = await server.Http.GetAsync($"api/v1/experiments/{id}/result");

        Assert.Equal("text/html", report.Content.Headers.ContentType?.MediaType);
        Assert.Contains("default-src 'none'", report.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("{\"claims\":[]}", await result.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Report_NotThereYet_SaysHowToFollow()
    {
        var id = await server.CreateAsync();

        using var response = await server.Http.GetAsync($"api/v1/experiments/{id}/report");

        await ProblemAssert.IsAsync(HttpStatusCode.NotFound, "report-not-found", response);
    }

    [Fact]
    public async Task Artifact_Damaged_IsAnErrorOfTheServer()
    {
        var id = await server.CreateFinishedAsync(("odd.csv", ArtifactKinds.Figure, "text/csv", Guid.NewGuid().ToString()));
        var artifacts = await server.Http.GetFromJsonAsync<JsonElement>($"api/v1/experiments/{id}/artifacts");
        var hash = artifacts[0].GetProperty("sha256").GetString()!;
        var file = Directory.GetFiles(server.Folder.FullName, hash, SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, "tampered with");

        using var response = await server.Http.GetAsync($"api/v1/experiments/{id}/artifacts/{hash}");

        await ProblemAssert.IsAsync(HttpStatusCode.InternalServerError, "artifact-damaged", response);
    }
}
