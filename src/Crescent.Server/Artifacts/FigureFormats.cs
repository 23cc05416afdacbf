using Microsoft.Net.Http.Headers;

namespace Crescent.Server.Artifacts;

/// <summary>Content negotiation of figures. <c>?format=</c> wins over <c>Accept</c>; without either, or with <c>*/*</c>, SVG.</summary>
internal static class FigureFormats
{
    private static readonly (string Extension, string MediaType)[] Known = [("svg", "image/svg+xml"), ("csv", "text/csv"), ("json", "application/json")];

    /// <summary>The extensions that there are.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Extension)];

    /// <exception cref="CrescentException"><c>format-not-acceptable</c>.</exception>
    public static string Choose(string? format, IList<MediaTypeHeaderValue> accept)
    {
        if (format is not null)
        {
            return Known.Any(known => known.Extension == format)
                ? format
                : throw new CrescentException("format-not-acceptable", $"format is '{format}'; ask for svg, csv or json.");
        }

        if (accept.Count == 0)
        {
            return Known[0].Extension;
        }

        // Stable sort: at equal quality the client's order counts.
        foreach (var range in accept.Where(range => range.Quality is null or > 0).OrderByDescending(range => range.Quality ?? 1))
        {
            foreach (var (extension, mediaType) in Known)
            {
                if (new MediaTypeHeaderValue(mediaType).IsSubsetOf(range))
                {
                    return extension;
                }
            }
        }

        throw new CrescentException("format-not-acceptable", "A figure comes as image/svg+xml, text/csv or application/json; accept one of them.");
    }
}
