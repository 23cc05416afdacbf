using System.Globalization;

namespace Crescent.Kernels.Reports.Charts;

/// <summary>Widths of text without a font at hand: an upper estimate that holds for the wide fonts of the stack in <see cref="ChartStyle"/>; and placing labels so that they do not overlap.</summary>
public static class Lettering
{
    /// <summary>Pixels that the text may take at a font size.</summary>
    public static double Width(string text, double size)
    {
        ArgumentNullException.ThrowIfNull(text);
        var width = 0.0;
        foreach (var c in text)
        {
            width += c switch
            {
                'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '!' or '\'' => 0.32,
                'f' or 't' or 'r' or '(' or ')' or '[' or ']' or ' ' or '-' or '/' => 0.42,
                'm' or 'w' or 'M' or 'W' or '%' or '@' => 0.97,
                >= 'A' and <= 'Z' => 0.72,
                _ => 0.635,
            };
        }

        return width * size;
    }

    /// <summary>Positions nearest to the wanted ones, in the same order, at least <paramref name="gap"/> apart and inside [low, high] as far as they fit.</summary>
    public static IReadOnlyList<double> Spread(IReadOnlyList<double> wanted, double gap, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var order = Enumerable.Range(0, wanted.Count).OrderBy(i => wanted[i]).ThenBy(i => i).ToArray();
        var placed = new double[wanted.Count];
        var floor = low;
        foreach (var i in order)
        {
            placed[i] = Math.Max(wanted[i], floor);
            floor = placed[i] + gap;
        }

        var ceiling = high;
        foreach (var i in order.Reverse())
        {
            placed[i] = Math.Min(placed[i], ceiling);
            ceiling = placed[i] - gap;
        }

        return placed;
    }

    /// <summary>A number with a fixed count of decimals and a true minus sign.</summary>
    public static string Number(double value, int decimals) =>
        Math.Round(value, decimals, MidpointRounding.AwayFromZero) is var rounded && rounded == 0
            ? 0.0.ToString($"F{decimals}", CultureInfo.InvariantCulture)
            : rounded.ToString($"F{decimals}", CultureInfo.InvariantCulture).Replace('-', '\u2212');

    /// <summary>With a plus sign where positive: for differences.</summary>
    public static string Difference(double value, int decimals) => Math.Round(value, decimals, MidpointRounding.AwayFromZero) > 0 ? "+" + Number(value, decimals) : Number(value, decimals);

    /// <summary>A short form for ticks of a logarithmic axis: 0.001, 0.5, 20.</summary>
    public static string Plain(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture).Replace('-', '\u2212');
}
