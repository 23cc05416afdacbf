using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Reports;

/// <summary>A figure: one drawing and the one table that it shows. SVG, CSV, JSON and the page are all made from these.</summary>
/// <param name="Name">Letters and hyphens: <c>recovery</c>.</param>
/// <param name="Caption">What is shown and how to read it, in plain sentences.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels, without the title that a stand-alone SVG carries above.</param>
/// <param name="Body">The drawing, as SVG elements.</param>
public sealed record Figure(string Name, string Title, string Caption, double Width, double Height, string Body, FigureTable Table)
{
    private const double TitleHeight = 46;

    /// <summary>Draws into a writer and keeps what was drawn.</summary>
    public static Figure Draw(string name, string title, string caption, double width, double height, FigureTable table, Action<SvgWriter> draw)
    {
        ArgumentNullException.ThrowIfNull(draw);
        var svg = new SvgWriter();
        draw(svg);
        return new Figure(name, title, caption, width, height, svg.ToString(), table);
    }

    /// <summary>A stand-alone document: its own ground, title, style, light and dark.</summary>
    public string ToSvg()
    {
        var svg = new SvgWriter();
        svg.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("class", "fig"),
            ("width", SvgWriter.Number(Width)),
            ("height", SvgWriter.Number(Height + TitleHeight)),
            ("viewBox", $"0 {SvgWriter.Number(-TitleHeight)} {SvgWriter.Number(Width)} {SvgWriter.Number(Height + TitleHeight)}"),
            ("role", "img"),
            ("aria-labelledby", $"{Name}-title {Name}-caption"));
        Describe(svg);
        svg.TextElement("style", ChartStyle.Css + "\n.fig .title { font-size: 17px; font-weight: 650; }");
        svg.Rectangle("surface", 0, -TitleHeight, Width, Height + TitleHeight);
        svg.Text("title", 16, 30 - TitleHeight, Title);
        // Beside the artifacts of its experiment, where the server serves it.
        return svg + Body.Replace($"\"{SvgWriter.RecordAnchor}", "\"../artifacts/", StringComparison.Ordinal) + "</svg>\n";
    }

    /// <summary>The element for a page that brings <see cref="ChartStyle.Css"/> and a heading of its own.</summary>
    public string ToInlineSvg()
    {
        var svg = new SvgWriter();
        svg.Open("svg", ("class", "fig"), ("viewBox", $"0 0 {SvgWriter.Number(Width)} {SvgWriter.Number(Height)}"), ("role", "img"), ("aria-labelledby", $"{Name}-title {Name}-caption"));
        Describe(svg);
        return svg + Body + "</svg>\n";
    }

    public string ToCsv() => Table.ToCsv();

    public string ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteString("title", Title);
            json.WriteString("caption", Caption);
            Table.WriteJson(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private void Describe(SvgWriter svg)
    {
        svg.TextElement("title", Title, ("id", $"{Name}-title"));
        svg.TextElement("desc", Caption, ("id", $"{Name}-caption"));
    }
}
