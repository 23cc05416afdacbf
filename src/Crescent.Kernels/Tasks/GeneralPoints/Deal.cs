using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Four cards and the rule that says what they count.</summary>
/// <param name="Cards">Ranks 1 (ace) to 13 (king), as dealt.</param>
public sealed record Deal(int[] Cards, FaceRule Rule)
{
    /// <summary>The lowest rank of a face card.</summary>
    public const int FirstFace = 11;

    /// <summary>What the cards count under the rule, as dealt.</summary>
    public int[] Numbers => [.. Cards.Select(rank => Rule.Value(rank))];

    /// <summary>The numbers sorted and joined with '-': deals that share it are one cluster.</summary>
    public string Cluster => string.Join('-', Numbers.Order());

    /// <summary>Four ranks uniform over 1..13 with replacement, drawn again until the target can be reached.</summary>
    /// <param name="trains">Also draw again until the numbers meet it; null: any do.</param>
    public static Deal Draw(RandomStream random, FaceRule rule, SolutionBook book, Func<int[], bool>? trains = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(book);
        while (true)
        {
            var deal = new Deal(DrawRanks(random), rule);
            if (deal.Numbers is var numbers && book.IsSolvable(numbers) && (trains is null || trains(numbers)))
            {
                return deal;
            }
        }
    }

    /// <summary>Four ranks uniform over 1..13 with replacement.</summary>
    public static int[] DrawRanks(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return [.. Enumerable.Range(0, SolutionBook.HandSize).Select(_ => 1 + random.NextInt(SolutionBook.MaxRank))];
    }
}
