using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Evaluation;

/// <param name="Variant">The variant that the deal belongs to.</param>
public sealed record EvaluationDeal(EvaluationVariant Variant, DealSplit Split, Deal Deal);

/// <summary>
/// Which deals an evaluation plays. The hands (value multisets) of each variant are split once by a fixed hash: a quarter for choosing, the rest for reporting, whatever the seed, so that nothing chosen is reported on.
/// The deals of a hand are drawn with the seed, keyed by the hand, so two checkpoints of one experiment meet the same deals.
/// </summary>
public static class EvaluationDeals
{
    /// <summary>The least number of reporting episodes of a variant.</summary>
    public const int LeastEpisodes = 200;
    private const int ChoosingPart = 4;

    /// <summary>The deals of an evaluation in playing order: in-distribution first, hands in lexicographic order.</summary>
    public static IReadOnlyList<EvaluationDeal> Of(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return
        [
            .. OfVariant(spec, EvaluationVariant.InDistribution),
            .. OfVariant(spec, EvaluationVariant.OutOfDistribution),
        ];
    }

    /// <summary>The hands of a variant in lexicographic order. Out of distribution at least one card is a face card, as in the original's evaluation.</summary>
    public static IEnumerable<int[]> Hands(GeneralPointsSpec task, EvaluationVariant variant)
    {
        ArgumentNullException.ThrowIfNull(task);
        var faces = variant == EvaluationVariant.OutOfDistribution;
        return (Rule(task, variant), faces) switch
        {
            (FaceRule.FacesAsTen, false) => SolutionBook.For(task.Target).Hands.Where(hand => hand[^1] <= 10),
            (FaceRule.FacesAsTen, true) => SolutionBook.For(task.Target).Hands.Where(hand => hand[^1] == 10),
            (_, false) => SolutionBook.For(task.Target).Hands,
            (_, true) => SolutionBook.For(task.Target).Hands.Where(hand => hand[^1] >= Deal.FirstFace),
        };
    }

    /// <summary>Where a hand belongs: a function of the hand alone.</summary>
    public static DealSplit Split(int[] hand) => Hash(hand) % ChoosingPart == 0 ? DealSplit.Choosing : DealSplit.Reporting;

    private static IEnumerable<EvaluationDeal> OfVariant(EvaluationSpec spec, EvaluationVariant variant)
    {
        var hands = Hands(spec.Task, variant).ToList();
        var dealt = hands.ToDictionary(hand => hand, hand => Deals(spec, variant, hand));
        var reporting = hands.Where(hand => Split(hand) == DealSplit.Reporting).OrderBy(Hash).ToList();
        var used = (int)Math.Ceiling(spec.ReportingShare * reporting.Count);
        var episodes = reporting.Take(used).Sum(hand => dealt[hand].Count);
        while (used < reporting.Count && episodes < LeastEpisodes)
        {
            episodes += dealt[reporting[used++]].Count;
        }

        var left = reporting.Skip(used).ToHashSet();
        return from hand in hands
               where !left.Contains(hand)
               from deal in dealt[hand]
               select new EvaluationDeal(variant, Split(hand), deal);
    }

    /// <summary>Distinct deals of a hand, up to the number asked for; four equal cards have fewer.</summary>
    private static List<Deal> Deals(EvaluationSpec spec, EvaluationVariant variant, int[] hand)
    {
        var rule = Rule(spec.Task, variant);
        var wanted = Split(hand) == DealSplit.Choosing ? spec.ChoosingOrderings : spec.Orderings;
        var random = new RandomStream(new RandomKey(spec.Seed, RandomPurpose.EvaluationDeals, (uint)variant, HandNumber(hand)));
        var deals = new List<Deal>();
        const int Attempts = 100;
        for (var attempt = 0; attempt < Attempts && deals.Count < wanted; attempt++)
        {
            var cards = hand.ToArray();
            random.Shuffle<int>(cards);
            for (var i = 0; i < cards.Length; i++)
            {
                // Under faces-as-10 four ranks count ten: 10, J, Q and K.
                cards[i] = rule == FaceRule.FacesAsTen && cards[i] == 10 ? 10 + random.NextInt(4) : cards[i];
            }

            var wantsFace = variant == EvaluationVariant.OutOfDistribution && cards.Max() < Deal.FirstFace;
            if (!wantsFace && !deals.Exists(deal => deal.Cards.SequenceEqual(cards)))
            {
                deals.Add(new Deal(cards, rule));
            }
        }

        return deals;
    }

    private static FaceRule Rule(GeneralPointsSpec task, EvaluationVariant variant) =>
        variant == EvaluationVariant.InDistribution ? task.InDistribution : task.OutOfDistribution;

    private static uint HandNumber(int[] hand) => hand.Aggregate(0u, (number, value) => (number * 16) + (uint)value);

    private static ulong Hash(int[] hand) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('-', hand))));
}
