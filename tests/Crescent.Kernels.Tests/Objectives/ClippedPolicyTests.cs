using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Tests.Objectives;

public sealed class ClippedPolicyTests
{
    [Theory]
    [InlineData(0.2, 1.5, 1, -1.2, 0)]
    [InlineData(0.28, 1.5, 1, -1.28, 0)]
    [InlineData(0.2, 0.5, -1, 0.8, 0)]
    [InlineData(0.2, 5, -1, 5, 5)]
    [InlineData(0.2, 1, 2, -2, -2)]
    [InlineData(0.2, 0.5, 1, -0.5, -0.5)]
    public void Token_ReferenceNumbers_GiveLossAndSlope(double clipHigh, double ratio, double advantage, double loss, double slope)
    {
        var (actualLoss, actualSlope) = new ClippedPolicy(0.2, clipHigh).Token(ratio, advantage);
        Assert.Equal(loss, actualLoss, 12);
        Assert.Equal(slope, actualSlope, 12);
    }

    [Fact]
    public void Token_DualClip_BoundsTheLossOfANegativeAdvantage() => Assert.Equal((3, 0), new ClippedPolicy(0.2, 0.2, dualClip: 3).Token(5, -1));

    [Theory]
    [InlineData(0.9, 1)]
    [InlineData(1.1, -0.7)]
    [InlineData(1.4, -0.7)]
    [InlineData(0.5, 1.3)]
    public void Token_Slope_IsTheFiniteDifferenceByLogProbability(double ratio, double advantage)
    {
        var objective = new ClippedPolicy(0.2, 0.28);
        const double Step = 1e-6;
        var difference = (objective.Token(ratio * Math.Exp(Step), advantage).Loss - objective.Token(ratio * Math.Exp(-Step), advantage).Loss) / (2 * Step);
        Assert.Equal(difference, objective.Token(ratio, advantage).Slope, 6);
    }

    [Fact]
    public void Ratio_HugeDifference_StaysFinite()
    {
        Assert.True(double.IsFinite(ClippedPolicy.Ratio(1000, 0)));
        Assert.True(ClippedPolicy.Ratio(0, 1000) > 0);
    }

    [Fact]
    public void Evaluate_OnPolicy_IsMinusTheMeanAdvantage()
    {
        var batch = Windows.Batch([-1, -2, -3], signals: new PolicySignals([1, 1, -0.5f], []));
        var result = new ClippedPolicy(0.2, 0.2).Evaluate(new ObjectiveWindow([batch], 3));
        Assert.Equal(-0.5, result.Loss, 12);
        Assert.Equal([-1f / 3, -1f / 3, 0.5f / 3], result.Coefficients[0].LogProbability);
    }

    [Fact]
    public void Evaluate_NoTokens_IsZeroAndNotNaN() =>
        Assert.Equal(0, new ClippedPolicy(0.2, 0.2).Evaluate(new ObjectiveWindow([Windows.Batch([], signals: new PolicySignals([], []))], 0)).Loss);
}
