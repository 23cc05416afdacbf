using System.Text;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;

namespace Crescent.Server.Experiments;

/// <summary>The body of a create request: one spec, JSON or YAML by content type, UTF-8, of bounded size.</summary>
internal static class ExperimentDocument
{
    public const int MaxBytes = 256 * 1024;

    public static IReadOnlyList<string> MediaTypes { get; } = ["application/json", "application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"];

    /// <exception cref="CrescentException"><c>media-type-unsupported</c>, <c>body-too-large</c>, <c>request-invalid</c>, <c>yaml-invalid</c>, <c>spec-invalid</c>.</exception>
    public static async Task<ExperimentSpec> ReadAsync(HttpRequest request, CancellationToken cancellation) => ExperimentSpecReader.Read(await ReadNodeAsync(request, cancellation));

    /// <summary>The body as it was written, parsed.</summary>
    /// <exception cref="CrescentException">As <see cref="ReadAsync"/>.</exception>
    public static async Task<JsonNode?> ReadNodeAsync(HttpRequest request, CancellationToken cancellation)
    {
        var text = await ReadTextAsync(request, cancellation);
        return request.ContentType!.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) ? ExperimentSpecReader.Parse(text) : YamlDocument.Read(text);
    }

    private static async Task<string> ReadTextAsync(HttpRequest request, CancellationToken cancellation)
    {
        var mediaType = request.ContentType?.Split(';', 2)[0].Trim() ?? "";
        if (!MediaTypes.Contains(mediaType, StringComparer.OrdinalIgnoreCase))
        {
            throw new CrescentException("media-type-unsupported", $"Content-Type is '{mediaType}'; send the spec as {string.Join(" or ", MediaTypes.Take(2))}.");
        }

        if (request.ContentLength > MaxBytes)
        {
            throw TooLarge();
        }

        var bytes = new byte[MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        if (length > MaxBytes)
        {
            throw TooLarge();
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException e)
        {
            throw new CrescentException("request-invalid", "The spec is not valid UTF-8; save the file as UTF-8.", inner: e);
        }
    }

    private static CrescentException TooLarge() => new("body-too-large", $"The spec is over {MaxBytes / 1024} KiB; one experiment needs a few. Send the spec alone.");
}
