using System.Net;
using System.Text;
using Crescent.Cli.Artifacts;
using Crescent.Cli.Client;
using Crescent.Server.Artifacts;

namespace Crescent.Cli.Tests.Client;

public sealed class CrescentClientTests
{
    private static readonly Uri Address = new("http://server.test/");

    [Fact]
    public async Task Get_ProblemDetails_BecomesCodeMessageAndFields()
    {
        using var client = new CrescentClient(Address, new ScriptedServer(_ => ScriptedServer.Text(
            """{"title":"spec-invalid","status":400,"detail":"It cannot be started.","code":"spec-invalid","retryable":false,"problems":[{"field":"sft.steps","message":"Too few."}]}""", "application/problem+json", HttpStatusCode.BadRequest)));

        var error = await Assert.ThrowsAsync<CliException>(() => client.GetAsync("e1", CancellationToken.None));

        Assert.Equal((1, "spec-invalid", "It cannot be started."), (error.ExitCode, error.Code, error.Message));
        Assert.Equal(new SpecProblem("sft.steps", "Too few."), Assert.Single(error.Problems));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, 4)]
    [InlineData(HttpStatusCode.Forbidden, 4)]
    [InlineData(HttpStatusCode.BadGateway, 1)]
    public async Task Get_AnotherServersAnswer_SaysStatusAndWhereToLook(HttpStatusCode status, int exitCode)
    {
        using var client = new CrescentClient(Address, new ScriptedServer(_ => ScriptedServer.Text("<html>", "text/html", status)));

        var error = await Assert.ThrowsAsync<CliException>(() => client.GetAsync("e1", CancellationToken.None));

        Assert.Equal(exitCode, error.ExitCode);
        Assert.Contains($"{(int)status}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--server", error.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NotJson_IsNoCrescentServer()
    {
        using var client = new CrescentClient(Address, new ScriptedServer(_ => ScriptedServer.Text("hello", "text/plain")));

        var error = await Assert.ThrowsAsync<CliException>(() => client.ListAsync(1, null, CancellationToken.None));

        Assert.Equal(1, error.ExitCode);
    }

    [Fact]
    public async Task Follow_Events_AsksForWhatComesAfter()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Text("""
            event: run-started
            id: 8
            data: {"sequence":8,"type":"run-started","at":"2026-01-01T00:00:00Z","payload":{}}


            """, "text/event-stream"));
        using var client = new CrescentClient(Address, server);

        List<long> seen = [];
        await foreach (var entry in client.FollowAsync("e1", 7, CancellationToken.None))
        {
            seen.Add(entry.Sequence);
        }

        Assert.Equal([8], seen);
        Assert.Equal("7", server.Requests[0].Headers.GetValues("Last-Event-ID").Single());
    }

    [Fact]
    public async Task Follow_ConnectionBreaksAndServerIsAway_GoesOnWhereItLeftOff()
    {
        var calls = 0;
        var server = new ScriptedServer(_ => ++calls switch
        {
            1 => Breaking(": keep-alive\n\nevent: a\ndata: {\"sequence\":1,\"type\":\"a\",\"at\":\"2026-01-01T00:00:00Z\",\"payload\":{}}\nid: 1\n\n"),
            2 => throw new HttpRequestException("refused"),
            _ => ScriptedServer.Text("event: b\ndata: {\"sequence\":2,\"type\":\"b\",\"at\":\"2026-01-01T00:00:00Z\",\"payload\":{}}\nid: 2\n\n", "text/event-stream"),
        });
        using var client = new CrescentClient(Address, server, TimeSpan.FromMilliseconds(1));

        List<long> seen = [];
        await foreach (var entry in client.FollowAsync("e1", 0, CancellationToken.None))
        {
            seen.Add(entry.Sequence);
        }

        Assert.Equal([1, 2], seen);
        Assert.Equal((3, "1"), (server.Requests.Count, server.Requests[^1].Headers.GetValues("Last-Event-ID").Single()));
    }

    [Fact]
    public async Task Download_OtherBytesThanTheHashSays_LeavesNoFile()
    {
        using var client = new CrescentClient(Address, new ScriptedServer(_ => ScriptedServer.Text("tampered with")));
        var path = Path.Combine(Path.GetTempPath(), $"crescent-{Guid.NewGuid():n}", "file");
        var artifact = new ArtifactView("sft", 1, "checkpoint-1.safetensors", "checkpoint", "application/octet-stream", new string('0', 64), 3);

        var error = await Assert.ThrowsAsync<CliException>(() => VerifiedDownload.WriteAsync(client, "e1", artifact, path, CancellationToken.None));

        Assert.Equal("artifact-damaged", error.Code);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    /// <summary>An event stream that ends in the middle.</summary>
    private static HttpResponseMessage Breaking(string text) => new(HttpStatusCode.OK) { Content = new StreamContent(new BrokenStream(Encoding.UTF8.GetBytes(text))) };

    private sealed class BrokenStream(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The connection broke, as the test asks.");
    }
}
