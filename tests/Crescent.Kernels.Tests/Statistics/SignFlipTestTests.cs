using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class SignFlipTestTests
{
    [Fact]
    public void PValue_AllClustersOneWay_IsTheSmallestPossible()
    {
        var sample = new ClusteredSample([.. Enumerable.Repeat(1.0, 10)], [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        Assert.InRange(SignFlipTest.PValue(sample, 1), 0.0005, 0.0045);
    }

    [Fact]
    public void PValue_NoDifference_IsOne() => Assert.Equal(1, SignFlipTest.PValue(new ClusteredSample([0, 0, 1, -1], ["a", "b", "c", "c"]), 1));

    [Fact]
    public void PValue_SameSeed_IsTheSame()
    {
        var sample = new SimulatedClusters(5).NullDifferences(50);
        Assert.Equal(SignFlipTest.PValue(sample, 3), SignFlipTest.PValue(sample, 3));
    }

    [Fact]
    public void PValue_UnderTheNull_RejectsAsOftenAsPromised()
    {
        var simulation = new SimulatedClusters(6);
        var rejected = Enumerable.Range(0, 600).Count(i => SignFlipTest.PValue(simulation.NullDifferences(40), (ulong)i, draws: 399) <= 0.05);
        Assert.InRange(rejected / 600.0, 0.02, 0.08);
    }

    [Fact]
    public void PValue_CopiesWithinClusters_DoNotSharpenIt()
    {
        var single = new ClusteredSample([1, 1, -1, 1, 0, 1], ["a", "b", "c", "d", "e", "f"]);
        var copies = new ClusteredSample([.. single.Values.SelectMany(value => Enumerable.Repeat(value, 5))], [.. "abcdef".SelectMany(c => Enumerable.Repeat(c.ToString(), 5))]);
        Assert.Equal(SignFlipTest.PValue(single, 1), SignFlipTest.PValue(copies, 1));
    }
}
