using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Reports.Charts;

/// <summary>Cells coloured by value, with the value printed in each. The ramps rise evenly in lightness, so they survive grey print and colour blindness, and they are the same in light and dark.</summary>
public static class HeatMap
{
    private static readonly (double R, double G, double B)[] Sequential = [(247, 251, 255), (198, 219, 239), (107, 174, 214), (33, 113, 181), (8, 48, 107)];
    private static readonly (double R, double G, double B)[] Diverging = [(1, 102, 94), (128, 205, 193), (245, 245, 245), (223, 194, 125), (140, 81, 10)];

    /// <summary>Colour of a share 0..1 of the sequential ramp, as <c>#rrggbb</c>, and whether text on it must be light.</summary>
    public static (string Fill, bool LightText) SequentialColour(double share) => Colour(Sequential, share);

    /// <summary>Colour of a share 0..1 of the diverging ramp; 0.5 is neutral.</summary>
    public static (string Fill, bool LightText) DivergingColour(double share) => Colour(Diverging, share);

    /// <param name="values">Row by row; null: an empty cell.</param>
    /// <param name="record">SHA-256 of the record that a cell comes from and leads to.</param>
    public static void Draw(
        SvgWriter svg, Box area, IReadOnlyList<string> rows, IReadOnlyList<string> columns, Func<int, int, double?> values, Func<double, (string Fill, bool LightText)> colour, Func<double, string> label, bool rowLabels, Func<int, int, string?>? record = null)
    {
        ArgumentNullException.ThrowIfNull(svg);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(colour);
        ArgumentNullException.ThrowIfNull(label);
        var (width, height) = (area.Width / columns.Count, area.Height / rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            if (rowLabels)
            {
                svg.Text("tick", area.Left - 8, area.Top + (row + 0.5) * height + 4, rows[row], "end");
            }

            for (var column = 0; column < columns.Count; column++)
            {
                if (values(row, column) is { } value)
                {
                    var (fill, light) = colour(value);
                    using var link = svg.Link(record?.Invoke(row, column));
                    var (x, y) = (area.Left + column * width, area.Top + row * height);
                    svg.Element(
                        "rect", ("class", "heat"), ("x", SvgWriter.Number(x + 0.5)), ("y", SvgWriter.Number(y + 0.5)), ("width", SvgWriter.Number(width - 1)), ("height", SvgWriter.Number(height - 1)), ("rx", "2"), ("fill", fill));
                    svg.Text(light ? "cell light" : "cell dark", x + width / 2, y + height / 2 + 4, label(value), "middle");
                }
            }
        }

        for (var column = 0; column < columns.Count; column++)
        {
            svg.Text("tick", area.Left + (column + 0.5) * width, area.Bottom + 14, columns[column], "middle");
        }
    }

    /// <summary>The luminance at which white text and the dark text of <see cref="ChartStyle"/> contrast alike, 4.1 : 1.</summary>
    private const double EqualContrast = 0.207;

    private static double Linear(int channel) => channel == 0 ? 0 : Elementary.Pow(channel / 255.0, 2.2);

    private static (string Fill, bool LightText) Colour((double R, double G, double B)[] ramp, double share)
    {
        var at = Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1) * (ramp.Length - 1);
        var i = Math.Min((int)at, ramp.Length - 2);
        int Mix(double a, double b) => (int)Math.Round(a + (b - a) * (at - i));
        var (r, g, b) = (Mix(ramp[i].R, ramp[i + 1].R), Mix(ramp[i].G, ramp[i + 1].G), Mix(ramp[i].B, ramp[i + 1].B));
        return ($"#{r:x2}{g:x2}{b:x2}", 0.2126 * Linear(r) + 0.7152 * Linear(g) + 0.0722 * Linear(b) < EqualContrast);
    }
}
