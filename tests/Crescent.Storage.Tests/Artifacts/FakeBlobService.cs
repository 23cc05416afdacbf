using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace Crescent.Storage.Tests.Artifacts;

/// <summary>As much of the blob service's protocol as whole-blob uploads, downloads and deletions use, in memory.</summary>
internal sealed class FakeBlobService : HttpMessageHandler
{
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers every request with this error instead.</summary>
    public (HttpStatusCode Status, string Code)? Error { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var name = request.RequestUri!.AbsolutePath;
        if (Error is { } error)
        {
            return Refuse(error.Status, error.Code);
        }

        if (request.Method == HttpMethod.Put)
        {
            Blobs[name] = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            return Answer(HttpStatusCode.Created, []);
        }

        if (!Blobs.TryGetValue(name, out var bytes))
        {
            return Refuse(HttpStatusCode.NotFound, "BlobNotFound");
        }

        if (request.Method == HttpMethod.Delete)
        {
            Blobs.TryRemove(name, out _);
            return Answer(HttpStatusCode.Accepted, []);
        }

        var response = Answer(HttpStatusCode.PartialContent, bytes);
        response.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, bytes.Length - 1, bytes.Length);
        return response;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, byte[] body)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) };
        response.Headers.ETag = new EntityTagHeaderValue("\"1\"");
        response.Content.Headers.ContentLength = body.Length;
        response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        return response;
    }

    private static HttpResponseMessage Refuse(HttpStatusCode status, string code)
    {
        var response = Answer(status, []);
        response.Headers.Add("x-ms-error-code", code);
        return response;
    }
}
