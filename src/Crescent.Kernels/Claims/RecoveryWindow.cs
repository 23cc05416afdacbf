using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>
/// The stretch of SFT from which recovery helps, with its uncertainty: the longest row of neighbouring start checkpoints whose gain is certain (interval above 0), and around it those whose gain is possible
/// (interval reaches the smallest gain that matters). The true window has its ends between the two.
/// </summary>
/// <param name="CertainFrom">First and last certain step; null where no gain is certain.</param>
/// <param name="PossibleFrom">First and last step of the possible window around it (or, without a certain step, of all possible ones); null where none is possible.</param>
/// <param name="OpenBefore">True where the possible window reaches the first checkpoint scanned, so that its beginning was not seen.</param>
/// <param name="OpenAfter">The same at its end.</param>
public sealed record RecoveryWindow(double? CertainFrom, double? CertainTo, double? PossibleFrom, double? PossibleTo, bool OpenBefore, bool OpenAfter)
{
    /// <param name="gains">Gain by start step.</param>
    /// <param name="smallest">The smallest gain that matters.</param>
    public static RecoveryWindow Of(IReadOnlyList<(double Step, Interval Gain)> gains, double smallest)
    {
        ArgumentNullException.ThrowIfNull(gains);
        var ordered = gains.OrderBy(gain => gain.Step).ToArray();
        var (first, last) = Longest(ordered, gain => gain.Low > 0);
        bool Possible(Interval gain) => gain.High >= smallest;
        if (first < 0)
        {
            var possible = Enumerable.Range(0, ordered.Length).Where(i => Possible(ordered[i].Gain)).ToArray();
            return possible.Length == 0
                ? new RecoveryWindow(null, null, null, null, false, false)
                : new RecoveryWindow(null, null, ordered[possible[0]].Step, ordered[possible[^1]].Step, possible[0] == 0, possible[^1] == ordered.Length - 1);
        }

        var (from, to) = (first, last);
        while (from > 0 && Possible(ordered[from - 1].Gain))
        {
            from--;
        }

        while (to < ordered.Length - 1 && Possible(ordered[to + 1].Gain))
        {
            to++;
        }

        return new RecoveryWindow(ordered[first].Step, ordered[last].Step, ordered[from].Step, ordered[to].Step, from == 0, to == ordered.Length - 1);
    }

    /// <summary>First and last index of the longest run, the earlier one on ties; -1 where there is none.</summary>
    private static (int First, int Last) Longest((double Step, Interval Gain)[] gains, Func<Interval, bool> holds)
    {
        var (first, last) = (-1, -2);
        for (var i = 0; i < gains.Length; i++)
        {
            var end = i;
            while (end < gains.Length && holds(gains[end].Gain))
            {
                end++;
            }

            if (end - i > last - first + 1)
            {
                (first, last) = (i, end - 1);
            }

            i = Math.Max(i, end);
        }

        return (first, last);
    }
}
