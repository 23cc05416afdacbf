using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The deals of one value multiset under one rule.</summary>
/// <param name="values">What the cards count, rising.</param>
/// <param name="needsFace">Only deals with a J, Q or K.</param>
internal sealed class Hand(IWording wording, int[] values, FaceRule rule, bool needsFace) : IDealCluster
{
    public string Name { get; } = string.Join('-', values);

    public uint Number { get; } = values.Aggregate(0u, (number, value) => (number * 16) + (uint)value);

    /// <summary>Distinct orderings, with each card drawn among the ranks that count its value; four equal cards have fewer.</summary>
    public IReadOnlyList<ITaskDeal> Deals(RandomStream random, int wanted)
    {
        var deals = new List<ITaskDeal>();
        const int Attempts = 100;
        for (var attempt = 0; attempt < Attempts && deals.Count < wanted; attempt++)
        {
            var cards = values.ToArray();
            random.Shuffle<int>(cards);
            for (var i = 0; i < cards.Length; i++)
            {
                var ranks = rule.Ranks(cards[i]);
                cards[i] = ranks.Length == 1 ? ranks[0] : ranks[random.NextInt(ranks.Length)];
            }

            var wantsFace = needsFace && cards.Max() < Deal.FirstFace;
            if (!wantsFace && !deals.Exists(deal => deal.Cards.SequenceEqual(cards)))
            {
                deals.Add(new Dealt(wording, new Deal(cards, rule)));
            }
        }

        return deals;
    }

    /// <summary>A deal on the table.</summary>
    internal sealed class Dealt(IWording wording, Deal deal) : ITaskDeal
    {
        public int[] Cards => deal.Cards;

        public string Cluster => deal.Cluster;

        public int[] Prompt() => wording.Prompt(deal);

        public Judgement Judge(ReadOnlySpan<int> answer) => wording.Judge(deal, answer);

        public int[] Feedback(Judgement judgement) => wording.Feedback(judgement.Verdict);
    }
}
