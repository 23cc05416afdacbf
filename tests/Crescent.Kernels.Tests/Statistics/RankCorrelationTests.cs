using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class RankCorrelationTests
{
    [Fact]
    public void Ranks_WithTies_ShareTheirMean() => Assert.Equal([2.5, 1, 4, 2.5], RankCorrelation.Ranks([3, 1, 7, 3]));

    [Fact]
    public void Spearman_MonotoneRelation_IsOne()
    {
        Assert.Equal(1, RankCorrelation.Spearman([1, 2, 3, 4], [1, 10, 100, 1000]), 1e-15);
        Assert.Equal(-1, RankCorrelation.Spearman([1, 2, 3, 4], [4, 3, 2, 1]), 1e-15);
        Assert.True(double.IsNaN(RankCorrelation.Spearman([1, 2, 3], [5, 5, 5])));
    }

    [Fact]
    public void PartialSpearman_KnownExample_FollowsTheFormula()
    {
        double[] x = [1, 2, 3, 4, 5, 6], y = [2, 1, 4, 3, 6, 5], z = [1, 3, 2, 5, 4, 6];
        var (xy, xz, yz) = (RankCorrelation.Spearman(x, y), RankCorrelation.Spearman(x, z), RankCorrelation.Spearman(y, z));
        Assert.Equal((xy - (xz * yz)) / Math.Sqrt((1 - (xz * xz)) * (1 - (yz * yz))), RankCorrelation.PartialSpearman(x, y, z), 1e-15);
    }

    [Fact]
    public void PartialSpearman_WhereTheThirdExplainsAll_IsNotANumber() => Assert.True(double.IsNaN(RankCorrelation.PartialSpearman([1, 2, 3, 4], [4, 2, 3, 1], [10, 20, 30, 40])));

    [Fact]
    public void PartialInterval_TwelvePoints_HoldsTheEstimateAndNarrowsWithMore()
    {
        var (few, many) = (RankCorrelation.PartialInterval(0.5, 12), RankCorrelation.PartialInterval(0.5, 100));
        Assert.True(few.Low < 0.5 && 0.5 < few.High && few.High < 1);
        Assert.True(many.High - many.Low < few.High - few.Low);
    }
}
