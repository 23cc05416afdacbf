using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Crescent.StandIns.Serilog.Sinks.Seq.Tests;

/// <summary>An ingestion endpoint on loopback that answers as it is told.</summary>
internal sealed class SeqServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<SeqRequest> _requests = Channel.CreateUnbounded<SeqRequest>();

    public SeqServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>The status of the n-th answer, from 0.</summary>
    public Func<int, HttpStatusCode> Answer { get; set; } = _ => HttpStatusCode.Created;

    public ChannelReader<SeqRequest> Requests => _requests.Reader;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        for (var count = 0; ; count++)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                _requests.Writer.TryComplete();
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var status = Answer(count);
            await _requests.Writer.WriteAsync(new(context.Request.RawUrl!, context.Request.Headers["X-Seq-ApiKey"], status, [.. lines.Select(line => JsonDocument.Parse(line).RootElement)]));
            context.Response.StatusCode = (int)status;
            context.Response.Close();
        }
    }
}

internal sealed record SeqRequest(string Path, string? ApiKey, HttpStatusCode Status, IReadOnlyList<JsonElement> Events);
