using System.Globalization;

namespace Crescent.Cli.Terminal;

/// <summary>Numbers for people.</summary>
internal static class Amounts
{
    public static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Max(0, Math.Round(seconds)));
        return span.TotalHours >= 1 ? Invariant($"{(int)span.TotalHours}h {span.Minutes:00}m")
            : span.TotalMinutes >= 1 ? Invariant($"{span.Minutes}m {span.Seconds:00}s")
            : Invariant($"{span.Seconds}s");
    }

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? Invariant($"{bytes} B") : Invariant($"{value:0.0} {units[unit]}");
    }

    public static string Rate(double rate) => rate >= 100 ? Invariant($"{rate:0}/s") : rate >= 10 ? Invariant($"{rate:0.0}/s") : Invariant($"{rate:0.00}/s");

    public static string Percent(double share) => Invariant($"{share * 100:0.0}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
