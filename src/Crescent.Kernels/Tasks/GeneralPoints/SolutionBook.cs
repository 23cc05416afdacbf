using System.Collections.Concurrent;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>
/// Every formula that reaches a target with four numbers 1..13, each used once. Two formulas are distinct when their tokens are; parentheses are as few as keep the tree.
/// Order: shortest first, then fewest '-' and '/', then by token numbers.
/// </summary>
public sealed class SolutionBook
{
    /// <summary>Cards of a deal.</summary>
    public const int HandSize = 4;

    /// <summary>The highest rank, and so the largest number of a hand.</summary>
    public const int MaxRank = 13;

    private static readonly ConcurrentDictionary<int, Lazy<SolutionBook>> Books = [];
    private readonly Dictionary<int, int[][]> solutions = [];

    private SolutionBook(int target)
    {
        Target = target;
        var hands = new List<int[]>();
        foreach (var hand in AllHands())
        {
            var formulas = Solve(hand, target);
            if (formulas.Length > 0)
            {
                hands.Add(hand);
                solutions.Add(Key(hand), formulas);
            }
        }

        Hands = hands;
    }

    public int Target { get; }

    /// <summary>The solvable hands, each as rising numbers, in lexicographic order.</summary>
    public IReadOnlyList<int[]> Hands { get; }

    /// <summary>The book of a target; made once, safe to call from any thread.</summary>
    public static SolutionBook For(int target) => Books.GetOrAdd(target, static t => new Lazy<SolutionBook>(() => new SolutionBook(t))).Value;

    /// <summary>All 1820 hands of four numbers 1..13, each rising.</summary>
    public static IEnumerable<int[]> AllHands() =>
        from a in Enumerable.Range(1, MaxRank)
        from b in Enumerable.Range(a, MaxRank - a + 1)
        from c in Enumerable.Range(b, MaxRank - b + 1)
        from d in Enumerable.Range(c, MaxRank - c + 1)
        select new[] { a, b, c, d };

    /// <summary>Solutions of a hand in any order; empty when there is none.</summary>
    public IReadOnlyList<int[]> Solutions(ReadOnlySpan<int> numbers)
    {
        Span<int> sorted = stackalloc int[HandSize];
        numbers.CopyTo(sorted);
        sorted.Sort();
        return solutions.TryGetValue(Key(sorted), out var formulas) ? formulas : [];
    }

    public bool IsSolvable(ReadOnlySpan<int> numbers) => Solutions(numbers).Count > 0;

    private static int Key(ReadOnlySpan<int> sorted) => (((((sorted[0] * 16) + sorted[1]) * 16) + sorted[2]) * 16) + sorted[3];

    /// <summary>
    /// Screens the five trees of three operators in double precision, then checks hits exactly. The screen loses nothing: with numbers up to 13 a divisor that is not zero is at least 1/13 in magnitude, so rounding stays many orders below its tolerance.
    /// </summary>
    private static int[][] Solve(int[] hand, int target)
    {
        var found = new SortedSet<int[]>(FormulaOrder.Instance);
        foreach (var p in Orders(hand))
        {
            for (var operators = 0; operators < 64; operators++)
            {
                var (x, y, z) = (operators >> 4, (operators >> 2) & 3, operators & 3);
                for (var tree = 0; tree < 5; tree++)
                {
                    if (Math.Abs(Screen(tree, p, x, y, z) - target) < 1e-6 && Build(tree, p, x, y, z) is var expression && expression.Value() == target)
                    {
                        found.Add(expression.Tokens());
                    }
                }
            }
        }

        return [.. found];
    }

    private static double Screen(int tree, int[] p, int x, int y, int z) => tree switch
    {
        0 => Apply(z, Apply(y, Apply(x, p[0], p[1]), p[2]), p[3]),
        1 => Apply(z, Apply(x, p[0], Apply(y, p[1], p[2])), p[3]),
        2 => Apply(y, Apply(x, p[0], p[1]), Apply(z, p[2], p[3])),
        3 => Apply(x, p[0], Apply(z, Apply(y, p[1], p[2]), p[3])),
        _ => Apply(x, p[0], Apply(y, p[1], Apply(z, p[2], p[3]))),
    };

    private static double Apply(int operation, double a, double b) => operation switch { 0 => a + b, 1 => a - b, 2 => a * b, _ => a / b };

    private static Expression Build(int tree, int[] p, int x, int y, int z)
    {
        var (a, b, c, d) = (Expression.Number(p[0]), Expression.Number(p[1]), Expression.Number(p[2]), Expression.Number(p[3]));
        return tree switch
        {
            0 => Join(z, Join(y, Join(x, a, b), c), d),
            1 => Join(z, Join(x, a, Join(y, b, c)), d),
            2 => Join(y, Join(x, a, b), Join(z, c, d)),
            3 => Join(x, a, Join(z, Join(y, b, c), d)),
            _ => Join(x, a, Join(y, b, Join(z, c, d))),
        };

        static Expression Join(int operation, Expression left, Expression right) => Expression.Of(Vocabulary.Plus + operation, left, right);
    }

    /// <summary>The distinct orders of a hand.</summary>
    private static IEnumerable<int[]> Orders(int[] hand)
    {
        var seen = new HashSet<int>();
        for (var a = 0; a < HandSize; a++)
        {
            for (var b = 0; b < HandSize; b++)
            {
                for (var c = 0; c < HandSize; c++)
                {
                    var d = 6 - a - b - c;
                    int[]? order = a == b || a == c || b == c ? null : [hand[a], hand[b], hand[c], hand[d]];
                    if (order is not null && seen.Add(Key(order)))
                    {
                        yield return order;
                    }
                }
            }
        }
    }

    private sealed class FormulaOrder : IComparer<int[]>
    {
        public static readonly FormulaOrder Instance = new();

        public int Compare(int[]? x, int[]? y)
        {
            ArgumentNullException.ThrowIfNull(x);
            ArgumentNullException.ThrowIfNull(y);
            var byLength = x.Length.CompareTo(y.Length);
            var byOperators = byLength != 0 ? byLength : Hard(x).CompareTo(Hard(y));
            return byOperators != 0 ? byOperators : x.AsSpan().SequenceCompareTo(y);
        }

        private static int Hard(int[] formula) => formula.Count(token => token is Vocabulary.Minus or Vocabulary.Divide);
    }
}
