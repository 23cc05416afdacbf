using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Sft;

public sealed class LearningRatesTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 1)]
    [InlineData(70, 1)]
    [InlineData(85, 0.525)]
    [InlineData(100, 0.05)]
    public void At_LinearAfterHold_WarmsUpHoldsAndFallsToTheFloor(int step, double rate) =>
        Assert.Equal(rate, new LearningRateSpec(1, WarmUp: 10, DecayShape.Linear, HoldUntil: 0.7, Floor: 0.05).At(step, 100), 12);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(50, 1.1)]
    [InlineData(100, 0.2)]
    public void At_Cosine_FallsToTheFloor(int step, double rate) =>
        Assert.Equal(rate, new LearningRateSpec(2, Decay: DecayShape.Cosine, Floor: 0.1).At(step, 100), 12);

    [Fact]
    public void At_Constant_StaysAtThePeak() => Assert.Equal(3, new LearningRateSpec(3, Floor: 0.5).At(99, 100));
}
