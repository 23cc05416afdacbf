using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class ClusteredSampleTests
{
    [Fact]
    public void MeanInterval_ClustersOfOne_IsTheOrdinaryTInterval()
    {
        var interval = new ClusteredSample([1, 2, 3, 4], ["a", "b", "c", "d"]).MeanInterval();
        Assert.Equal(2.5, interval.Estimate);
        Assert.Equal(3.182446305284263 * Math.Sqrt(5.0 / 3 / 4), interval.High - 2.5, 1e-12);
    }

    [Fact]
    public void VarianceOfMean_OfCopies_IsThatOfTheClusters()
    {
        // Four copies of each value carry no more than one.
        var single = new ClusteredSample([0, 1, 1, 0, 1], ["a", "b", "c", "d", "e"]);
        var copies = new ClusteredSample([.. single.Values.SelectMany(value => Enumerable.Repeat(value, 4))], [.. "abcde".SelectMany(c => Enumerable.Repeat(c.ToString(), 4))]);
        Assert.Equal(single.VarianceOfMean(), copies.VarianceOfMean(), 1e-15);
    }

    [Fact]
    public void VarianceOfMean_AnyOrderOfValues_GivesSameBits()
    {
        var forward = new ClusteredSample([0.1, 0.2, 0.4, 0.7], ["b", "a", "b", "a"]);
        var backward = new ClusteredSample([0.2, 0.1, 0.7, 0.4], ["a", "b", "a", "b"]);
        Assert.Equal(forward.VarianceOfMean(), backward.VarianceOfMean());
    }

    [Fact]
    public void MeanInterval_OneCluster_IsUnbounded()
    {
        var interval = new ClusteredSample([1, 0, 1], ["a", "a", "a"]).MeanInterval();
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity), (interval.Low, interval.High));
    }

    [Fact]
    public void MeanInterval_ClusteredData_CoversAsPromised()
    {
        var simulation = new SimulatedClusters(1);
        var covered = Enumerable.Range(0, 2000).Count(_ =>
        {
            var interval = simulation.Successes(60, 0.4, 0.3).MeanInterval();
            return interval.Low <= 0.4 && 0.4 <= interval.High;
        });
        Assert.InRange(covered / 2000.0, 0.93, 0.97);
    }

    [Fact]
    public void AccuracyInterval_ClusteredData_CoversAsPromised()
    {
        var simulation = new SimulatedClusters(2);
        var covered = Enumerable.Range(0, 2000).Count(_ =>
        {
            var interval = AccuracyInterval.Of(simulation.Successes(60, 0.15, 0.12));
            return interval.Low <= 0.15 && 0.15 <= interval.High;
        });
        Assert.InRange(covered / 2000.0, 0.935, 0.98);
    }

    [Fact]
    public void AccuracyInterval_IndependentEpisodes_IsWilsons()
    {
        // Wilson for 15 of 100 at z = t(99) = 1.98422.
        var sample = new ClusteredSample([.. Enumerable.Range(0, 100).Select(i => i < 15 ? 1.0 : 0)], [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        var interval = AccuracyInterval.Of(sample);
        Assert.Equal(1.0, AccuracyInterval.DesignEffect(sample), 0.02);
        Assert.Equal(0.0922, interval.Low, 0.001);
        Assert.Equal(0.2344, interval.High, 0.001);
        Assert.Equal((0.15, 100, 100), (interval.Accuracy, interval.Episodes, interval.Clusters));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void AccuracyInterval_AllAlike_CountsClustersNotEpisodes(double value)
    {
        var interval = AccuracyInterval.Of(new ClusteredSample([.. Enumerable.Repeat(value, 80)], [.. Enumerable.Range(0, 80).Select(i => $"{i / 4}")]));
        var width = interval.High - interval.Low;
        Assert.InRange(width, 0.15, 0.19);
        Assert.True(value == 0 ? interval.Low == 0 : interval.High == 1);
    }

    [Fact]
    public void SeedInterval_FiveSeeds_IsTheTInterval()
    {
        var interval = SeedInterval.Of([0.02, 0.04, 0.03, 0.05, 0.06]);
        Assert.Equal(0.04, interval.Estimate, 1e-15);
        Assert.Equal(0.04 - (2.7764451051977934 * Math.Sqrt(0.00025 / 5)), interval.Low, 1e-12);
    }
}
