using System.Net;
using System.Text;
using System.Text.Json;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Server.Experiments;

namespace Crescent.Cli.Tests.Client;

public sealed class ExperimentNameTests
{
    private const string Newest = "e01hzx3k9m2abcd";

    [Fact]
    public async Task AcceptName_NameOnALaterPage_StandsForTheNewestId()
    {
        using var server = new ListingServer([Row("e01hzx3k9m2aaaa", "other")], [Row(Newest, "gp-recovery"), Row("e01hzx3k9m2bbbb", "gp-recovery")]);
        using var client = new CrescentClient(new Uri("http://127.0.0.1/"), server);

        await client.AcceptNameAsync("gp-recovery", TestContext.Current.CancellationToken);
        await client.SpecAsync("gp-recovery", TestContext.Current.CancellationToken);

        Assert.Equal($"/api/v1/experiments/{Newest}/spec", server.Paths[^1]);
    }

    [Fact]
    public async Task AcceptName_UnknownName_IsAskedForAsItStands()
    {
        using var server = new ListingServer([Row(Newest, "other")]);
        using var client = new CrescentClient(new Uri("http://127.0.0.1/"), server);

        await client.AcceptNameAsync("nothing", TestContext.Current.CancellationToken);
        await client.SpecAsync("nothing", TestContext.Current.CancellationToken);

        Assert.Equal("/api/v1/experiments/nothing/spec", server.Paths[^1]);
    }

    [Theory]
    [InlineData(Newest, true)]
    [InlineData("gp-recovery", false)]
    [InlineData("experiment-one", false)]
    [InlineData("e1", false)]
    public void IsId_Text_TellsIdsFromNames(string text, bool expected) => Assert.Equal(expected, ExperimentCommand.IsId(text));

    private static ExperimentSummary Row(string id, string name) => new(id, name, "?", "succeeded", null, "hash", DateTimeOffset.UnixEpoch, null, null, null);

    /// <summary>Serves pages of a list, one a call; anything else is an empty document.</summary>
    private sealed class ListingServer(params ExperimentSummary[][] pages) : HttpMessageHandler
    {
        public List<string> Paths { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add(request.RequestUri!.AbsolutePath);
            var listing = request.RequestUri.Query.Length > 0;
            var page = listing ? Paths.Count - 1 : 0;
            var body = listing ? JsonSerializer.Serialize(new ExperimentList(pages[page], page + 1 < pages.Length ? "next" : null), JsonSerializerOptions.Web) : "{}";
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
        }
    }
}
