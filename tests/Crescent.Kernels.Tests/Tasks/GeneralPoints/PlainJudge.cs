using System.Numerics;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

/// <summary>Reads formulas as text with its own parser and its own fractions, to hold the task's judge against.</summary>
internal static class PlainJudge
{
    /// <summary>The value and the numbers of a formula; null where it is none or divides by zero.</summary>
    public static (BigInteger Numerator, BigInteger Denominator, List<int> Numbers)? Read(string formula)
    {
        var (at, numbers) = (0, new List<int>());
        var value = Sum();
        return value is { } result && at == formula.Length ? (result.N, result.D, numbers) : null;

        (BigInteger N, BigInteger D)? Sum()
        {
            var left = Product();
            while (left is { } l && at < formula.Length && formula[at] is '+' or '-')
            {
                var sign = formula[at++] == '+' ? 1 : -1;
                left = Product() is { } r ? ((l.N * r.D) + (sign * r.N * l.D), l.D * r.D) : null;
            }

            return left;
        }

        (BigInteger N, BigInteger D)? Product()
        {
            var left = Atom();
            while (left is { } l && at < formula.Length && formula[at] is '*' or '/')
            {
                var times = formula[at++] == '*';
                left = Atom() is not { } r || (!times && r.N == 0) ? null : times ? (l.N * r.N, l.D * r.D) : (l.N * r.D, l.D * r.N);
            }

            return left;
        }

        (BigInteger N, BigInteger D)? Atom()
        {
            var start = at;
            while (at < formula.Length && char.IsAsciiDigit(formula[at]))
            {
                at++;
            }

            if (at > start)
            {
                numbers.Add(int.Parse(formula[start..at]));
                return (numbers[^1], 1);
            }

            if (at < formula.Length && formula[at] == '(')
            {
                at++;
                var inner = Sum();
                return at < formula.Length && formula[at++] == ')' ? inner : null;
            }

            return null;
        }
    }

    /// <summary>What cards count, from their names and the rule's name.</summary>
    public static int[] Numbers(IEnumerable<string> cards, string rule) =>
    [
        .. cards.Select(card => (card, rule) switch
        {
            ("A", _) => 1,
            ("J" or "Q" or "K", "R10") => 10,
            ("J", "R123") => 11,
            ("Q", "R123") => 12,
            ("K", "R123") => 13,
            ("J", "R567") => 5,
            ("Q", "R567") => 6,
            ("K", "R567") => 7,
            _ => int.Parse(card),
        }),
    ];
}
