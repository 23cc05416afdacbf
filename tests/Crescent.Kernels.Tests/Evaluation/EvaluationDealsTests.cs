using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Evaluation;

public sealed class EvaluationDealsTests
{
    private static readonly EvaluationSpec Spec = new NanoPreset().Evaluation(seed: 1);

    [Fact]
    public void Of_NanoPreset_UsesEveryHandOfBothVariants()
    {
        var deals = EvaluationDeals.Of(Spec);
        Assert.Equal(566, Clusters(deals, EvaluationVariant.InDistribution));
        Assert.Equal(796, Clusters(deals, EvaluationVariant.OutOfDistribution));
        Assert.All(deals.Where(deal => deal.Variant == EvaluationVariant.OutOfDistribution), deal => Assert.True(deal.Deal.Cards.Max() >= Deal.FirstFace));
        var solvable = SolutionBook.For(24).Hands.Select(hand => string.Join('-', hand)).ToHashSet();
        Assert.All(deals, deal => Assert.Contains(deal.Deal.Cluster, solvable));
        Assert.Equal(deals.Count, deals.Select(deal => $"{deal.Variant} {string.Join(' ', deal.Deal.Cards)}").Distinct().Count());
    }

    [Fact]
    public void Of_OtherSeed_KeepsTheSplitAndChangesTheDeals()
    {
        var deals = EvaluationDeals.Of(Spec);
        var others = EvaluationDeals.Of(Spec with { Seed = 2 });
        Assert.Equal(Keys(deals), Keys(others));
        Assert.NotEqual(deals.SelectMany(deal => deal.Deal.Cards), others.SelectMany(deal => deal.Deal.Cards));

        static IEnumerable<string> Keys(IReadOnlyList<EvaluationDeal> deals) => deals.Select(deal => $"{deal.Variant} {deal.Split} {deal.Deal.Cluster}").Distinct();
    }

    [Fact]
    public void Split_Hands_IsAQuarterForChoosingAndDisjoint()
    {
        var deals = EvaluationDeals.Of(Spec);
        var choosing = deals.Where(deal => deal.Split == DealSplit.Choosing).Select(deal => deal.Deal.Cluster).ToHashSet();
        var reporting = deals.Where(deal => deal.Split == DealSplit.Reporting).Select(deal => deal.Deal.Cluster).ToHashSet();
        Assert.False(choosing.Overlaps(reporting));
        Assert.InRange((double)choosing.Count / (choosing.Count + reporting.Count), 0.2, 0.3);
    }

    [Fact]
    public void Of_TinyShare_KeepsTwoHundredReportingEpisodesThatAreASubset()
    {
        var all = EvaluationDeals.Of(Spec).ToHashSet();
        var few = EvaluationDeals.Of(Spec with { ReportingShare = 0.001 });
        foreach (var variant in new[] { EvaluationVariant.InDistribution, EvaluationVariant.OutOfDistribution })
        {
            Assert.InRange(few.Count(deal => deal.Variant == variant && deal.Split == DealSplit.Reporting), EvaluationDeals.LeastEpisodes, EvaluationDeals.LeastEpisodes + 1);
        }

        Assert.Subset(all.Select(Key).ToHashSet(), few.Select(Key).ToHashSet());

        static string Key(EvaluationDeal deal) => $"{deal.Variant} {deal.Split} {string.Join(' ', deal.Deal.Cards)}";
    }

    [Fact]
    public void Hands_SwappedRules_StillNeedAFaceCardOutOfDistribution()
    {
        var task = new GeneralPointsSpec { InDistribution = FaceRule.FacesAsRanks, OutOfDistribution = FaceRule.FacesAsTen };
        Assert.Equal(1362, new GeneralPointsTask(task).Hands(EvaluationVariant.InDistribution).Count());
        Assert.All(new GeneralPointsTask(task).Hands(EvaluationVariant.OutOfDistribution), hand => Assert.Equal(10, hand[^1]));
        Assert.All(EvaluationDeals.Of(Spec with { Task = task }).Where(deal => deal.Variant == EvaluationVariant.OutOfDistribution), deal => Assert.True(deal.Deal.Cards.Max() >= Deal.FirstFace));
    }

    private static int Clusters(IEnumerable<EvaluationDeal> deals, EvaluationVariant variant) =>
        deals.Where(deal => deal.Variant == variant).Select(deal => deal.Deal.Cluster).Distinct().Count();
}
