using Crescent.Kernels.Randomness;
using Crescent.Kernels.Recovery;

namespace Crescent.Kernels.Tests.Recovery;

public sealed class AdvantagesTests
{
    [Theory]
    [InlineData(new double[] { 1, 0, 0, 1 }, 1e-4, new[] { 0.865875, -0.865875, -0.865875, 0.865875 })]
    [InlineData(new double[] { 1, 0, 0, 1 }, 1e-6, new[] { 0.866024, -0.866024, -0.866024, 0.866024 })]
    [InlineData(new double[] { 1, 0, 0, 0 }, 1e-4, new[] { 1.4997, -0.4999, -0.4999, -0.4999 })]
    [InlineData(new[] { 0.1, 0.1, 0.1 }, 1e-6, new double[] { 0, 0, 0 })]
    [InlineData(new double[] { 5 }, 1e-4, new double[] { 0 })]
    public void Normalise_ReferenceNumbers_Agree(double[] rewards, double epsilon, double[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var actual = Advantages.Normalise(rewards, epsilon);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6 + (epsilon / 2)));
    }

    [Theory]
    [InlineData(new double[] { 1, 0, 0, 1 }, new[] { 0.5, -0.5, -0.5, 0.5 }, new[] { 0.666667, -0.666667, -0.666667, 0.666667 })]
    [InlineData(new double[] { 1, 0, 0, 0 }, new[] { 0.75, -0.25, -0.25, -0.25 }, new[] { 1, -0.333333, -0.333333, -0.333333 })]
    [InlineData(new[] { 0.1, 0.1, 0.1 }, new double[] { 0, 0, 0 }, new double[] { 0, 0, 0 })]
    [InlineData(new double[] { 5 }, new double[] { 0 }, new double[] { 0 })]
    public void CentreAndLeaveOneOut_ReferenceNumbers_Agree(double[] rewards, double[] centred, double[] leftOut)
    {
        ArgumentNullException.ThrowIfNull(centred);
        ArgumentNullException.ThrowIfNull(leftOut);
        Assert.All(centred.Zip(Advantages.Centre(rewards)), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.All(leftOut.Zip(Advantages.LeaveOneOut(rewards)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Whiten_Advantages_HaveMeanZeroAndDeviationOne()
    {
        var whitened = Advantages.Whiten([3, -1, 4, 1, -5]);
        Assert.Equal(0, whitened.Average(), 1e-12);
        Assert.Equal(1, Math.Sqrt(whitened.Sum(value => value * value) / 4), 1e-6);
    }

    [Fact]
    public void Returns_ThreeTries_DiscountWhatComesLater() => Assert.Equal([-2 + (0.9 * (-1 + (0.9 * 5))), -1 + (0.9 * 5), 5], Advantages.Returns([-2, -1, 5], 0.9));

    [Fact]
    public void OfTries_FirstInItsGroupLaterInTheBatch()
    {
        double[][] returns = [[5], [1, 3], [2, 7], [2, 5]];
        var advantages = Advantages.OfTries(returns, groupSize: 2, values => Advantages.Normalise(values, 1e-9));
        Assert.Equal(Math.Sqrt(0.5), advantages[0][0], 6);
        Assert.Equal(-Math.Sqrt(0.5), advantages[1][0], 6);
        Assert.Equal([0, 0], [advantages[2][0], advantages[3][0]]);
        Assert.Equal([-1, 1, 0], [Math.Round(advantages[1][1], 6), Math.Round(advantages[2][1], 6), Math.Round(advantages[3][1], 6)]);
    }

    [Fact]
    public void Shuffle_Rewards_PermutesWithinEachTry()
    {
        double[][] rewards = [[5], [-1, 5], [-2, -3], [-3, -1]];
        var before = rewards.Select(episode => episode.ToArray()).ToArray();
        Rewards.Shuffle(rewards, new RandomStream(new RandomKey(3, RandomPurpose.RewardShuffle, 0)));
        Assert.Equal(before.Select(episode => episode.Length), rewards.Select(episode => episode.Length));
        Assert.Equal(before.Select(episode => episode[0]).Order(), rewards.Select(episode => episode[0]).Order());
        Assert.Equal(before.Skip(1).Select(episode => episode[1]).Order(), rewards.Skip(1).Select(episode => episode[1]).Order());
        Assert.NotEqual(before, rewards);
    }
}
