using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>How numbers are written for people, in figures, page and terminal alike: accuracies as proportions with three decimals, intervals in brackets.</summary>
public static class Wording
{
    public const int Decimals = 4;

    public static string Accuracy(double value) => Lettering.Number(value, 3);

    public static string Interval(double low, double high) => $"[{Accuracy(low)}, {Accuracy(high)}]";

    public static string Accuracy(AccuracyInterval value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return $"{Accuracy(value.Accuracy)} {Interval(value.Low, value.High)}";
    }

    public static string Difference(DifferenceInterval value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return $"{Lettering.Difference(value.Difference, 3)} [{Lettering.Difference(value.Low, 3)}, {Lettering.Difference(value.High, 3)}]";
    }

    /// <summary>The first twelve digits of a hash.</summary>
    public static string Abbreviate(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return sha256[..Math.Min(12, sha256.Length)];
    }

    public static string Tries(int tries) => tries == 1 ? "first try" : $"within {tries} tries";

    /// <summary><c>recovery-300</c> as <c>RL from 300</c>; other names as they are.</summary>
    public static string End(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith("recovery-", StringComparison.Ordinal) ? $"RL from {name["recovery-".Length..]}" : name;
    }

    public static string Pair(string from, string to) => $"{End(from)} \u2192 {End(to)}";

    /// <summary><c>self_attn.q_proj</c> as <c>q</c>.</summary>
    public static string Matrix(string part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var name = part[(part.LastIndexOf('.') + 1)..];
        return name.EndsWith("_proj", StringComparison.Ordinal) ? name[..^"_proj".Length] : name;
    }
}
