using Crescent.Kernels.Recovery;

namespace Crescent.Kernels.Tests.Recovery;

public sealed class GeneralisedAdvantagesTests
{
    [Fact]
    public void Of_TwoActions_FollowsTheRecursion()
    {
        // d_2 = 5 - 2 = 3; d_1 = -1 + .9 * 2 - 1 = -.2; A_1 = -.2 + .9 * .95 * 3.
        var (advantages, returns) = GeneralisedAdvantages.Of([-1, 5], [1, 2], [0.9, 0.9], 0.95);
        Assert.Equal(3, advantages[1], 12);
        Assert.Equal(-0.2 + (0.9 * 0.95 * 3), advantages[0], 12);
        Assert.Equal([advantages[0] + 1, 5], returns);
    }

    [Fact]
    public void Of_LambdaOne_IsTheReturnLessTheValue()
    {
        double[] rewards = [-2, -1, 5], values = [0.5, -0.3, 2];
        var (advantages, returns) = GeneralisedAdvantages.Of(rewards, values, [0.9, 0.9, 0.9], 1);
        Assert.All(Advantages.Returns(rewards, 0.9).Zip(returns), pair => Assert.Equal(pair.First, pair.Second, 12));
        Assert.All(returns.Zip(values, advantages), triple => Assert.Equal(triple.First - triple.Second, triple.Third, 12));
    }

    [Fact]
    public void Of_LambdaZero_IsOneStep()
    {
        var (advantages, _) = GeneralisedAdvantages.Of([1, 1], [2, 3], [0.5, 0.5], 0);
        Assert.Equal([1 + (0.5 * 3) - 2, 1 - 3], advantages);
    }

    [Fact]
    public void Of_LastAction_IsWorthNothingAfterwards() =>
        Assert.Equal([-4], GeneralisedAdvantages.Of([-1], [3], [0.9], 0.95).Advantages);

    [Theory]
    [InlineData(10, 0)]
    [InlineData(16, 0)]
    [InlineData(18, -0.5)]
    [InlineData(20, -1)]
    public void Overlong_Length_FallsLinearlyInTheBuffer(int length, double expected) => Assert.Equal(expected, new OverlongSpec(4).Of(length, 20), 12);

    [Fact]
    public void Overlong_NoBuffer_NeverPunishes() => Assert.Equal(0, new OverlongSpec().Of(20, 20));
}
