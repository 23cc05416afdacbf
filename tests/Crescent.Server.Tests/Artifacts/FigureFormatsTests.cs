using Crescent.Server.Artifacts;
using Microsoft.Net.Http.Headers;

namespace Crescent.Server.Tests.Artifacts;

public sealed class FigureFormatsTests
{
    [Theory]
    [InlineData(null, "", "svg")]
    [InlineData(null, "*/*", "svg")]
    [InlineData(null, "text/csv", "csv")]
    [InlineData(null, "application/json, text/csv;q=0.5", "json")]
    [InlineData(null, "text/html, text/*;q=0.2, image/svg+xml;q=0.1", "csv")]
    [InlineData(null, "image/svg+xml;q=0, application/json;q=0.1", "json")]
    [InlineData("csv", "image/svg+xml", "csv")]
    public void Choose_Accepted_GivesTheBestForm(string? format, string accept, string expected) => Assert.Equal(expected, FigureFormats.Choose(format, Parse(accept)));

    [Theory]
    [InlineData("png", "*/*")]
    [InlineData(null, "image/png")]
    [InlineData(null, "text/html;q=0.9")]
    public void Choose_NothingFits_IsRefused(string? format, string accept)
    {
        var error = Assert.Throws<CrescentException>(() => FigureFormats.Choose(format, Parse(accept)));

        Assert.Equal("format-not-acceptable", error.Code);
    }

    private static IList<MediaTypeHeaderValue> Parse(string accept) => accept.Length == 0 ? [] : MediaTypeHeaderValue.ParseList([accept]);
}
