namespace Crescent.Kernels.Reports.Charts;

public enum MarkShape
{
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// <summary>Data marks in a panel's coordinates. The style names the hue (<c>id</c>, <c>ood</c>, <c>rl</c>, ...) and modifiers; a mark's title is what a pointer or a screen reader gets.</summary>
public static class Marks
{
    /// <summary>A line through the values, over the band of its intervals.</summary>
    public static void Curve(this Panel panel, string hue, string modifiers, IReadOnlyList<(double X, double Value, double Low, double High)> points, bool band = true)
    {
        ArgumentNullException.ThrowIfNull(panel);
        ArgumentNullException.ThrowIfNull(points);
        (double, double) At(double x, double y) => (panel.X.Map(x), panel.Y.Map(y));
        if (band && points.Count > 1)
        {
            panel.Svg.Polygon($"band {hue}", [.. points.Select(p => At(p.X, p.High)), .. points.Reverse().Select(p => At(p.X, p.Low))]);
        }

        panel.Svg.Polyline($"line {hue} {modifiers}".TrimEnd(), points.Select(p => At(p.X, p.Value)));
    }

    /// <summary>A mark of at most 12 pixels at a value; <paramref name="shift"/> moves it sideways, in pixels, away from its neighbours.</summary>
    public static void Mark(this Panel panel, string hue, MarkShape shape, bool filled, double x, double y, string title, double shift = 0, double radius = 4, string? record = null)
    {
        ArgumentNullException.ThrowIfNull(panel);
        Symbol(panel.Svg, hue, shape, filled, panel.X.Map(x) + shift, panel.Y.Map(y), title, radius, record);
    }

    /// <summary>The same at a point of the drawing.</summary>
    /// <param name="record">SHA-256 of the record that the value comes from: the mark leads to it.</param>
    public static void Symbol(SvgWriter svg, string hue, MarkShape shape, bool filled, double px, double py, string? title = null, double radius = 4, string? record = null)
    {
        ArgumentNullException.ThrowIfNull(svg);
        var style = $"mark {hue} {(filled ? "solid" : "hollow")}";
        using var link = svg.Link(record);
        if (title is not null)
        {
            svg.Open("g", ("class", "datum"));
            svg.TextElement("title", title);
        }

        switch (shape)
        {
            case MarkShape.Circle:
                svg.Element("circle", ("class", style), ("cx", SvgWriter.Number(px)), ("cy", SvgWriter.Number(py)), ("r", SvgWriter.Number(radius)));
                break;
            case MarkShape.Square:
                svg.Rectangle(style, px - radius, py - radius, 2 * radius, 2 * radius);
                break;
            case MarkShape.Triangle:
                svg.Polygon(style, [(px, py - 1.25 * radius), (px + 1.15 * radius, py + 0.8 * radius), (px - 1.15 * radius, py + 0.8 * radius)]);
                break;
            default:
                svg.Polygon(style, [(px, py - 1.35 * radius), (px + 1.35 * radius, py), (px, py + 1.35 * radius), (px - 1.35 * radius, py)]);
                break;
        }

        if (title is not null)
        {
            svg.Close();
        }
    }

    /// <summary>A vertical interval with caps; an end beyond the axis has an arrowhead instead of its cap.</summary>
    public static void Whisker(this Panel panel, string hue, double x, double low, double high, double shift = 0)
    {
        ArgumentNullException.ThrowIfNull(panel);
        var (px, top, bottom) = (panel.X.Map(x) + shift, panel.Y.Map(high), panel.Y.Map(low));
        panel.Svg.Line($"whisker {hue}", px, top, px, bottom);
        foreach (var (end, beyond, into) in new[] { (top, high > panel.Y.High, 6.0), (bottom, low < panel.Y.Low, -6.0) })
        {
            if (beyond)
            {
                panel.Svg.Polyline($"whisker {hue}", [(px - 4, end + into), (px, end), (px + 4, end + into)]);
            }
            else
            {
                panel.Svg.Line($"whisker {hue}", px - 3, end, px + 3, end);
            }
        }
    }

    /// <summary>A horizontal interval with caps, at a height of the drawing.</summary>
    public static void WhiskerAcross(this Panel panel, string hue, double py, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(panel);
        var (left, right) = (panel.X.Map(low), panel.X.Map(high));
        panel.Svg.Line($"whisker {hue}", left, py, right, py);
        panel.Svg.Line($"whisker {hue}", left, py - 3, left, py + 3);
        panel.Svg.Line($"whisker {hue}", right, py - 3, right, py + 3);
    }

    /// <summary>An arrow from a value to another beside it, <paramref name="shift"/> pixels to the right, so that it is seen even where the two are equal; it ends short of the mark that stands there.</summary>
    public static void Arrow(this Panel panel, string hue, double x, double from, double to, double shift)
    {
        ArgumentNullException.ThrowIfNull(panel);
        const double Clear = 5.5;
        const double Head = 6;
        var (startX, startY, endY) = (panel.X.Map(x), panel.Y.Map(from), panel.Y.Map(to));
        var length = Math.Sqrt(shift * shift + (endY - startY) * (endY - startY));
        var (dx, dy) = (shift / length, (endY - startY) / length);
        var (tipX, tipY) = (startX + shift - Clear * dx, endY - Clear * dy);
        var (neckX, neckY) = (tipX - Head * dx, tipY - Head * dy);
        panel.Svg.Line($"arrow {hue}", startX, startY, neckX, neckY);
        panel.Svg.Polygon($"solid {hue}", [(tipX, tipY), (neckX - 4 * dy, neckY + 4 * dx), (neckX + 4 * dy, neckY - 4 * dx)]);
    }
}
