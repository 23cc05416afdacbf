using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Studies;

/// <summary>Differences below each other, each row with one interval or several and, where they are known, the single seeds as small hollow marks.</summary>
internal static class ForestFigure
{
    private const double Width = 840;
    private const double Left = 330;
    private const double LetterSize = 12;

    /// <param name="legend">Series by hue; none where each row has one.</param>
    /// <param name="axis">Heading of the axis.</param>
    public static Figure Draw(string name, string title, string caption, IReadOnlyList<ForestRow> rows, IReadOnlyList<(string Label, string Hue, MarkShape Shape)> legend, string axis, FigureTable table)
    {
        LegendEntry[] keys = [.. legend.Select(key => LegendEntry.Mark(key.Label, key.Hue, key.Shape, filled: true))];
        var top = keys.Length == 0 ? 30 : Legend.Height(keys, Width - 32) + 34;
        var heights = rows.Select(row => Math.Max(18 * row.Lines.Count, 16 * row.Marks.Count) + 14.0).ToList();
        Box area = new(Left, top, Width - Left - 24, heights.Sum());
        var values = rows.SelectMany(row => row.Marks).SelectMany(mark => mark.PerSeed.Append(mark.Low ?? mark.Value).Append(mark.High ?? mark.Value)).Concat(rows.Where(row => row.Smallest is not null).Select(row => row.Smallest!.Value)).ToList();
        var ticks = Ticks.Linear(Math.Max(-1, Math.Min(0, values.DefaultIfEmpty(0).Min())) - 0.005, Math.Min(1, Math.Max(0, values.DefaultIfEmpty(0).Max())) + 0.005, 6);
        return Figure.Draw(name, title, caption, Width, area.Bottom + 50, table, svg =>
        {
            Legend.Draw(svg, keys, 16, 4, Width - 32);
            var panel = Panel.Open(svg, area, ticks.Scale(area.Left + 6, area.Right - 6), new LinearScale(0, 1, area.Bottom, area.Top), "");
            foreach (var tick in ticks.Values)
            {
                svg.Line(tick == 0 ? "axis" : "grid", panel.X.Map(tick), area.Top, panel.X.Map(tick), area.Bottom);
            }

            panel.XAxis(ticks.Values, ticks.DifferenceLabel, axis);
            var y = area.Top;
            foreach (var (row, height) in rows.Zip(heights))
            {
                Row(panel, row, y, height);
                y += height;
            }

            panel.Close();
        });
    }

    private static void Row(Panel panel, ForestRow row, double top, double height)
    {
        var centre = top + (height / 2);
        foreach (var (i, line) in row.Lines.Index())
        {
            panel.Svg.Text(i == 0 ? "legend-label" : "note", panel.Area.Left - 12, centre + 4 + (17 * (i - ((row.Lines.Count - 1) / 2.0))), Fit(line, i == 0 ? LetterSize : LetterSize - 1), "end");
        }

        if (row.Smallest is { } smallest)
        {
            panel.Svg.Line("reference", panel.X.Map(smallest), top + 4, panel.X.Map(smallest), top + height - 4);
        }

        foreach (var (i, mark) in row.Marks.Index())
        {
            var y = centre + (15 * (i - ((row.Marks.Count - 1) / 2.0)));
            if (mark is { Low: { } low, High: { } high })
            {
                panel.WhiskerAcross(mark.Hue, y, Math.Max(low, panel.X.Low), Math.Min(high, panel.X.High));
            }

            foreach (var seed in mark.PerSeed)
            {
                Marks.Symbol(panel.Svg, mark.Hue, MarkShape.Circle, filled: false, panel.X.Map(seed), y, radius: 2.25);
            }

            Marks.Symbol(panel.Svg, mark.Hue, mark.Shape, filled: true, panel.X.Map(mark.Value), y, $"{string.Join(", ", row.Lines)}: {Lettering.Difference(mark.Value, 3)} {StudyWording.Range(mark.Low, mark.High, difference: true)}".TrimEnd());
        }
    }

    /// <summary>As much of a label as has room before the plot.</summary>
    private static string Fit(string text, double size)
    {
        var fitting = text;
        while (Lettering.Width(fitting, size) > Left - 28)
        {
            fitting = fitting[..^2].TrimEnd('\u2026') + "\u2026";
        }

        return fitting;
    }
}

/// <param name="Lines">The label, in one line or several.</param>
/// <param name="Smallest">The smallest difference that matters, where a row has one.</param>
internal sealed record ForestRow(IReadOnlyList<string> Lines, IReadOnlyList<ForestMark> Marks, double? Smallest = null);

/// <param name="Low">Null: no interval.</param>
internal sealed record ForestMark(string Hue, MarkShape Shape, double Value, double? Low, double? High, IReadOnlyList<double> PerSeed);
