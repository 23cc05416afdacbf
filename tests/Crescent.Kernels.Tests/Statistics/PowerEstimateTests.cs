using Crescent.Kernels.Randomness;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class PowerEstimateTests
{
    [Theory]
    [InlineData(0.1, 100, 0.03, 8724)]
    [InlineData(0.02, 10, 0.05, 15)]
    public void UnitsNeeded_KnownSpread_FollowsTheFormula(double error, int units, double difference, int expected) =>
        Assert.InRange(PowerEstimate.UnitsNeeded(error, units, difference)!.Value, expected * 0.97, expected * 1.03);

    [Theory]
    [InlineData(0.0, 0.03)]
    [InlineData(double.NaN, 0.03)]
    [InlineData(0.1, 0.0)]
    [InlineData(10.0, 1e-4)]
    public void UnitsNeeded_NothingToGoBy_IsUnknown(double error, double difference) => Assert.Null(PowerEstimate.UnitsNeeded(error, 10, difference));

    /// <summary>So many units do see the difference about four times in five.</summary>
    [Fact]
    public void UnitsNeeded_Simulated_GivesTheChance()
    {
        const double Deviation = 0.1;
        var n = PowerEstimate.UnitsNeeded(Deviation / Math.Sqrt(20), 20, 0.06)!.Value;
        var random = new RandomStream(new RandomKey(4, RandomPurpose.SignFlip, 1));
        var seen = Enumerable.Range(0, 1000).Count(_ => SeedInterval.Of([.. Enumerable.Range(0, n).Select(_ => 0.06 + (Deviation * random.NextGaussian()))]).Low > 0);
        Assert.InRange(seen / 1000.0, 0.76, 0.86);
    }
}
