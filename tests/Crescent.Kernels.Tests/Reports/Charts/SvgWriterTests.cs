using System.Xml.Linq;
using Crescent.Kernels.Reports.Charts;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Reports.Charts;

public sealed class SvgWriterTests
{
    [Fact]
    public void TextElement_AnyText_IsWellFormed() => Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
    {
        var svg = new SvgWriter();
        svg.TextElement("text", text ?? "", ("title", text ?? ""));
        return XElement.Parse(svg.ToString()).Name == "text";
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TextElement_Markup_ReadsBackAsWritten()
    {
        var svg = new SvgWriter();
        svg.TextElement("text", "<a & \"b\"> \U0001F0A1 \ud800", ("title", "x\"y"));

        var element = XElement.Parse(svg.ToString());

        Assert.Equal("<a & \"b\"> \U0001F0A1 \uFFFD", element.Value);
        Assert.Equal("x\"y", (string?)element.Attribute("title"));
    }

    [Theory]
    [InlineData(0.005, "0.01")]
    [InlineData(-0.001, "0")]
    [InlineData(12.0, "12")]
    [InlineData(-3.456, "-3.46")]
    public void Number_Coordinate_HasAtMostTwoDecimals(double value, string expected) => Assert.Equal(expected, SvgWriter.Number(value));
}
