namespace Crescent.Kernels.Reports.Charts;

/// <param name="Label">What the key stands for.</param>
/// <param name="Draw">Draws the key centred on a point, at most 24 pixels wide.</param>
public sealed record LegendEntry(string Label, Action<SvgWriter, double, double> Draw)
{
    public static LegendEntry Line(string label, string hue, string modifiers = "") =>
        new(label, (svg, x, y) => svg.Line($"line {hue} {modifiers}".TrimEnd(), x - 11, y, x + 11, y));

    public static LegendEntry Mark(string label, string hue, MarkShape shape, bool filled) => new(label, (svg, x, y) => Marks.Symbol(svg, hue, shape, filled, x, y));

    public static LegendEntry Bar(string label, string hue) => new(label, (svg, x, y) => svg.Rectangle($"solid {hue}", x - 8, y - 5, 16, 10, 1.5));
}

/// <summary>Rows of keys above a plot: their height is known before the plot is laid out, so that nothing lies over data.</summary>
public static class Legend
{
    private const double RowHeight = 20;
    private const double KeyWidth = 32;
    private const double Gap = 20;

    public static double Height(IReadOnlyList<LegendEntry> entries, double width) => Rows(entries, width).Count * RowHeight;

    public static void Draw(SvgWriter svg, IReadOnlyList<LegendEntry> entries, double left, double top, double width)
    {
        ArgumentNullException.ThrowIfNull(svg);
        svg.Open("g", ("class", "legend"));
        var y = top + RowHeight / 2;
        foreach (var row in Rows(entries, width))
        {
            var x = left;
            foreach (var entry in row)
            {
                entry.Draw(svg, x + 12, y);
                svg.Text("legend-label", x + KeyWidth, y + 4, entry.Label);
                x += EntryWidth(entry) + Gap;
            }

            y += RowHeight;
        }

        svg.Close();
    }

    private static double EntryWidth(LegendEntry entry) => KeyWidth + Lettering.Width(entry.Label, 12);

    private static List<List<LegendEntry>> Rows(IReadOnlyList<LegendEntry> entries, double width)
    {
        ArgumentNullException.ThrowIfNull(entries);
        List<List<LegendEntry>> rows = [];
        var used = double.PositiveInfinity;
        foreach (var entry in entries)
        {
            if (used + EntryWidth(entry) > width)
            {
                rows.Add([]);
                used = 0;
            }

            rows[^1].Add(entry);
            used += EntryWidth(entry) + Gap;
        }

        return rows;
    }
}
