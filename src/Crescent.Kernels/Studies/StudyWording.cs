using System.Globalization;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Studies;

/// <summary>How a study's numbers are written for people, on the page and in the terminal alike.</summary>
public static class StudyWording
{
    /// <summary>Three decimals, with a sign where the quantity is a difference.</summary>
    public static string Value(string quantity, double value) => StudyQuantities.IsDifference(quantity) ? Lettering.Difference(value, 3) : Lettering.Number(value, 3);

    /// <summary>The cells of a claim: one, one against another, or arms of one series.</summary>
    public static string Cells(StudyClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return string.Join(claim.Claim.Claim == ClaimCriteria.ObjectiveBeatsSft ? " against " : "; ", claim.Cells);
    }

    /// <summary>An interval in brackets; empty where there is none.</summary>
    public static string Range(double? low, double? high, bool difference = false) => low is { } from && high is { } to
        ? difference ? $"[{Lettering.Difference(from, 3)}, {Lettering.Difference(to, 3)}]" : $"[{Lettering.Number(from, 3)}, {Lettering.Number(to, 3)}]"
        : "";

    /// <summary>A window in words: from where to where RL helps for certain, and how far it may.</summary>
    public static (string Certain, string Possible) Window(RecoveryWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var certain = Steps(window.CertainFrom, window.CertainTo);
        var possible = Steps(window.PossibleFrom, window.PossibleTo);
        var open = (window.OpenBefore, window.OpenAfter) switch
        {
            (true, true) => ", open at both ends",
            (true, _) => ", open before",
            (_, true) => ", open after",
            _ => "",
        };
        return (certain.Length == 0 ? "none" : certain, possible.Length == 0 ? "none" : possible + open);
    }

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Flops(double value) => value.ToString("0.00e+0", CultureInfo.InvariantCulture);

    /// <summary><c>1 h 05 min</c>, <c>12 min</c>, <c>34 s</c>.</summary>
    public static string Seconds(double? seconds) => seconds switch
    {
        null => "",
        >= 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds.Value / 3600):0} h {Math.Floor(seconds.Value % 3600 / 60):00} min"),
        >= 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds.Value / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds.Value:0.#} s"),
    };

    /// <summary>A p-value: three decimals, or that it is smaller.</summary>
    public static string PValue(double p) => p < 0.001 ? "< 0.001" : Lettering.Number(p, 3);

    private static string Steps(double? from, double? to) => (from, to) switch
    {
        ({ } first, { } last) when first == last => string.Create(CultureInfo.InvariantCulture, $"step {first}"),
        ({ } first, { } last) => string.Create(CultureInfo.InvariantCulture, $"steps {first} to {last}"),
        _ => "",
    };
}
