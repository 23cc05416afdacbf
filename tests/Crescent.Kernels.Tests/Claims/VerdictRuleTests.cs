using Crescent.Kernels.Claims;
using Crescent.Kernels.Tests.Statistics;

namespace Crescent.Kernels.Tests.Claims;

public sealed class VerdictRuleTests
{
    private const double M = 0.05;

    [Theory]
    [InlineData(0.06, 0.01, 0.11, Verdict.Reproduced)]
    [InlineData(M, 0.001, 0.099, Verdict.Reproduced)]
    [InlineData(0.06, 0.0, 0.12, Verdict.Inconclusive)]
    [InlineData(0.0499999, 0.01, 0.09, Verdict.Inconclusive)]
    [InlineData(0.01, -0.02, 0.0499999, Verdict.NotReproduced)]
    [InlineData(0.01, -0.03, M, Verdict.Inconclusive)]
    [InlineData(0.03, 0.02, 0.04, Verdict.NotReproduced)]
    [InlineData(0.0, 0.0, 0.0, Verdict.NotReproduced)]
    [InlineData(-0.2, -0.3, -0.1, Verdict.NotReproduced)]
    public void Of_IntervalAroundTheBoundaries_FollowsTheRule(double estimate, double low, double high, Verdict expected) =>
        Assert.Equal(expected, VerdictRule.Of(M, estimate, low, high, ClaimScope.Run, 1, 100));

    [Theory]
    [InlineData(double.NaN, 0.01, 0.1)]
    [InlineData(0.06, double.NegativeInfinity, 0.1)]
    [InlineData(0.06, 0.01, double.PositiveInfinity)]
    [InlineData(0.06, 0.07, 0.1)]
    [InlineData(-0.2, -0.3, double.NaN)]
    public void Of_NumbersThatCarryNothing_IsInconclusive(double estimate, double low, double high) =>
        Assert.Equal(Verdict.Inconclusive, VerdictRule.Of(M, estimate, low, high, ClaimScope.Run, 1, 100));

    [Theory]
    [InlineData(ClaimScope.Run, 1, 10, Verdict.Reproduced)]
    [InlineData(ClaimScope.Run, 1, 9, Verdict.Inconclusive)]
    [InlineData(ClaimScope.Run, 0, 10, Verdict.Inconclusive)]
    [InlineData(ClaimScope.Study, 4, 100, Verdict.Inconclusive)]
    [InlineData(ClaimScope.Study, 5, 100, Verdict.Reproduced)]
    public void Of_FewSeedsOrClusters_IsInconclusive(ClaimScope scope, int seeds, int clusters, Verdict expected) =>
        Assert.Equal(expected, VerdictRule.Of(M, 0.06, 0.01, 0.11, scope, seeds, clusters));

    /// <summary>Two equally good models, clustered episodes: at most 5 % of the verdicts say reproduced.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(200)]
    public void Of_NullSimulation_ReproducesAtMostFivePercent(int clusters)
    {
        var simulation = new SimulatedClusters((uint)clusters);
        var reproduced = Enumerable.Range(0, 1500).Count(_ =>
        {
            var (estimate, low, high) = simulation.NullDifferences(clusters).MeanInterval();
            return VerdictRule.Of(0.0, estimate, low, high, ClaimScope.Run, 1, clusters) == Verdict.Reproduced;
        });
        Assert.InRange(reproduced / 1500.0, 0.005, 0.05);
    }
}
