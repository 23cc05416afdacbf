using System.Net;
using System.Text;

namespace Serilog.Sinks.Seq;

/// <summary>The server's ingestion endpoint.</summary>
internal sealed class SeqIngestion : IDisposable
{
    private readonly HttpClient _client;

    public SeqIngestion(string serverUrl, string? apiKey, HttpMessageHandler? handler)
    {
        _client = handler is null ? new() : new(handler, disposeHandler: false);
        _client.BaseAddress = new(serverUrl.EndsWith('/') ? serverUrl : serverUrl + "/");
        if (!string.IsNullOrWhiteSpace(apiKey))
        {
            _client.DefaultRequestHeaders.Add("X-Seq-ApiKey", apiKey);
        }
    }

    /// <summary>Posts newline-delimited CLEF.</summary>
    /// <returns>Whether the batch is dealt with: taken, or refused for good (the server calls it bad or too large), in which case sending it again would only block the rest.</returns>
    public async Task<bool> PostAsync(string payload, CancellationToken cancellation)
    {
        using var content = new StringContent(payload, Encoding.UTF8, "application/vnd.serilog.clef");
        using var response = await _client.PostAsync(new Uri("api/events/raw", UriKind.Relative), content, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return true;
        }

        Debugging.SelfLog.WriteLine("Seq answered {0} to a batch of {1} characters.", response.StatusCode, payload.Length);
        return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge;
    }

    public void Dispose() => _client.Dispose();
}
