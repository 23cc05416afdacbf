using System.Globalization;
using System.Text;

namespace Crescent.Kernels.Reports.Charts;

/// <summary>Writes SVG elements in order, with LF line ends and numbers of at most two decimals, so that equal drawings are equal bytes. Coordinates are CSS pixels.</summary>
public sealed class SvgWriter
{
    private readonly StringBuilder text = new();
    private readonly Stack<string> open = new();

    /// <summary>A coordinate as written: at most two decimals, never <c>-0</c>.</summary>
    public static string Number(double value)
    {
        var rounded = Math.Round(value, 2, MidpointRounding.AwayFromZero);
        return (rounded == 0 ? 0 : rounded).ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>Escapes text for element content and double-quoted attributes, of XML and HTML alike. Characters that XML 1.0 cannot hold become U+FFFD.</summary>
    public static string Escape(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var escaped = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                escaped.Append(c).Append(value[++i]);
                continue;
            }

            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\n' or '\t' => escaped.Append(c),
                < ' ' or '\uFFFE' or '\uFFFF' => escaped.Append('\uFFFD'),
                _ when char.IsSurrogate(c) => escaped.Append('\uFFFD'),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    public void Open(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Start(element, attributes);
        text.Append(">\n");
        open.Push(element);
    }

    public void Close()
    {
        var element = open.Pop();
        Indent();
        text.Append("</").Append(element).Append(">\n");
    }

    /// <summary>What is drawn until the result is disposed leads to a record, by its SHA-256; to nothing where there is none.</summary>
    public IDisposable? Link(string? record)
    {
        if (record is null)
        {
            return null;
        }

        Open("a", ("href", RecordAnchor + record));
        return new Opened(this);
    }

    /// <summary>Where links of a drawing inside the report lead: the row of the record with that SHA-256.</summary>
    public const string RecordAnchor = "#record-";

    private sealed class Opened(SvgWriter svg) : IDisposable
    {
        public void Dispose() => svg.Close();
    }

    public void Element(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Start(element, attributes);
        text.Append("/>\n");
    }

    public void TextElement(string element, string content, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Start(element, attributes);
        text.Append('>').Append(Escape(content)).Append("</").Append(element).Append(">\n");
    }

    public void Line(string style, double x1, double y1, double x2, double y2) =>
        Element("line", ("class", style), ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)));

    public void Rectangle(string style, double x, double y, double width, double height, double radius = 0) =>
        Element("rect", ("class", style), ("x", Number(x)), ("y", Number(y)), ("width", Number(width)), ("height", Number(height)), ("rx", Number(radius)));

    public void Polyline(string style, IEnumerable<(double X, double Y)> points) => Element("polyline", ("class", style), ("points", Points(points)));

    public void Polygon(string style, IEnumerable<(double X, double Y)> points) => Element("polygon", ("class", style), ("points", Points(points)));

    /// <param name="anchor"><c>start</c>, <c>middle</c>, <c>end</c>.</param>
    public void Text(string style, double x, double y, string content, string anchor = "start") =>
        TextElement("text", content, ("class", style), ("x", Number(x)), ("y", Number(y)), ("text-anchor", anchor));

    /// <summary>Text that reads upwards, centred on a point.</summary>
    public void TextUpwards(string style, double x, double y, string content) =>
        TextElement("text", content, ("class", style), ("transform", $"translate({Number(x)} {Number(y)}) rotate(-90)"), ("text-anchor", "middle"));

    public override string ToString() => text.ToString();

    private static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(p => $"{Number(p.X)},{Number(p.Y)}"));

    private void Start(string element, ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Indent();
        text.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            text.Append(' ').Append(name).Append("=\"").Append(Escape(value)).Append('"');
        }
    }

    private void Indent() => text.Append(' ', 2 * open.Count);
}
