namespace Crescent.Kernels.Reports.Charts;

/// <summary>Where an axis is marked.</summary>
public static class Ticks
{
    /// <summary>The least axis that holds [low, high], begins and ends on ticks, and has about <paramref name="wanted"/> of them, each a multiple of 1, 2 or 5 times a power of ten.</summary>
    public static LinearAxis Linear(double low, double high, int wanted)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wanted, 1);
        var (step, decimals) = Step(high - low, wanted);
        var first = (long)Math.Floor(low / step + 1e-9);
        var last = Math.Max((long)Math.Ceiling(high / step - 1e-9), first + 1);
        List<double> values = [];
        for (var i = first; i <= last; i++)
        {
            values.Add(Math.Round(i * step, decimals));
        }

        return new LinearAxis(values, decimals);
    }

    /// <summary>Powers of ten inside [low, high], with 2 and 5 between them where fewer than three powers fit.</summary>
    public static IReadOnlyList<double> Logarithmic(double low, double high)
    {
        var powers = Decades(low, high, [1]);
        return powers.Count >= 3 ? powers : Decades(low, high, [1, 2, 5]);
    }

    /// <summary>As many of the values as fit with <paramref name="gap"/> pixels between neighbouring labels: the ends first, then from the left.</summary>
    public static IReadOnlyList<double> Thin(IReadOnlyList<double> values, Scale scale, Func<double, double> width, double gap)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scale);
        ArgumentNullException.ThrowIfNull(width);
        if (values.Count < 2)
        {
            return values;
        }

        bool Apart(double a, double b) => Math.Abs(scale.Map(b) - scale.Map(a)) >= (width(a) + width(b)) / 2 + gap;
        List<double> kept = [values[0]];
        foreach (var value in values.Skip(1).SkipLast(1))
        {
            if (Apart(kept[^1], value) && Apart(value, values[^1]))
            {
                kept.Add(value);
            }
        }

        if (Apart(kept[^1], values[^1]))
        {
            kept.Add(values[^1]);
        }

        return kept;
    }

    private static List<double> Decades(double low, double high, int[] digits)
    {
        List<double> values = [];
        for (var power = (int)Math.Floor(Math.Log10(low)); power <= (int)Math.Ceiling(Math.Log10(high)); power++)
        {
            foreach (var digit in digits)
            {
                var value = double.Parse($"{digit}e{power}", System.Globalization.CultureInfo.InvariantCulture);
                if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
                {
                    values.Add(value);
                }
            }
        }

        return values;
    }

    private static (double Step, int Decimals) Step(double span, int wanted)
    {
        if (!(span > 0) || !double.IsFinite(span))
        {
            return (1, 0);
        }

        var raw = span / wanted;
        var power = (int)Math.Floor(Math.Log10(raw));
        var lead = raw / Math.Pow(10, power);
        var digit = lead <= 1.0001 ? 1 : lead <= 2.0001 ? 2 : lead <= 5.0001 ? 5 : 10;
        if (digit == 10)
        {
            (digit, power) = (1, power + 1);
        }

        var step = double.Parse($"{digit}e{power}", System.Globalization.CultureInfo.InvariantCulture);
        return (step, Math.Clamp(-power, 0, 12));
    }
}

/// <param name="Values">Rising; the first and the last are the ends of the axis.</param>
/// <param name="Decimals">What prints every tick exactly.</param>
public sealed record LinearAxis(IReadOnlyList<double> Values, int Decimals)
{
    public double Low => Values[0];
    public double High => Values[^1];

    public Scale Scale(double start, double end) => new LinearScale(Low, High, start, end);

    public string Label(double tick) => Lettering.Number(tick, Decimals);

    /// <summary>With a plus sign where positive.</summary>
    public string DifferenceLabel(double tick) => Lettering.Difference(tick, Decimals);
}
