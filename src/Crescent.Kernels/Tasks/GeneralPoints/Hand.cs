using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The deals of one value multiset under one rule.</summary>
/// <param name="values">What the cards count, rising.</param>
/// <param name="needsFace">Only deals with a J, Q or K.</param>
internal sealed class Hand(GeneralPointsTask task, int[] values, FaceRule rule, bool needsFace) : IDealCluster
{
    public string Name { get; } = string.Join('-', values);

    public uint Number { get; } = values.Aggregate(0u, (number, value) => (number * 16) + (uint)value);

    /// <summary>Distinct orderings, with the cards that count ten drawn among those that do; four equal cards have fewer.</summary>
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
                // Under faces-as-10 four ranks count ten: 10, J, Q and K.
                cards[i] = rule == FaceRule.FacesAsTen && cards[i] == 10 ? 10 + random.NextInt(4) : cards[i];
            }

            var wantsFace = needsFace && cards.Max() < Deal.FirstFace;
            if (!wantsFace && !deals.Exists(deal => deal.Cards.SequenceEqual(cards)))
            {
                deals.Add(new Dealt(task, new Deal(cards, rule)));
            }
        }

        return deals;
    }

    /// <summary>A deal on the table.</summary>
    internal sealed class Dealt(GeneralPointsTask task, Deal deal) : ITaskDeal
    {
        public int[] Cards => deal.Cards;

        public string Cluster => deal.Cluster;

        public int[] Prompt() => Dialogue.Prompt(deal);

        public Judgement Judge(ReadOnlySpan<int> answer) => GeneralPoints.Judge.Answer(deal, task.Target, answer);

        public int[] Feedback(Judgement judgement) => Dialogue.Feedback(judgement.Verdict);
    }
}
