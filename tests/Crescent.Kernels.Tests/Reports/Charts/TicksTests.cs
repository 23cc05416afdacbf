using Crescent.Kernels.Reports.Charts;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Reports.Charts;

public sealed class TicksTests
{
    [Theory]
    [InlineData(0, 0.58, 6, "0.0 0.1 0.2 0.3 0.4 0.5 0.6")]
    [InlineData(-0.036, 0.083, 6, "−0.04 −0.02 0.00 0.02 0.04 0.06 0.08 0.10")]
    [InlineData(0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 0, 5, "0 1")]
    public void Linear_Domain_EndsOnRoundTicks(double low, double high, int wanted, string expected)
    {
        var axis = Ticks.Linear(low, high, wanted);

        Assert.Equal(expected, string.Join(' ', axis.Values.Select(axis.Label)));
    }

    [Fact]
    public void Linear_AnyDomain_HoldsItWithAHandfulOfTicks() => Prop.ForAll(
        Gen.Choose(-100_000, 100_000).ToArbitrary(), Gen.Choose(1, 100_000).ToArbitrary(), (low, span) =>
        {
            var axis = Ticks.Linear(low / 977.0, (low + span) / 977.0, 6);
            return axis.Low <= low / 977.0 + 1e-9 && axis.High >= (low + span) / 977.0 - 1e-9 && axis.Values.Count is >= 2 and <= 9;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.0009, 1.2, "0.001 0.01 0.1 1")]
    [InlineData(0.02, 0.6, "0.02 0.05 0.1 0.2 0.5")]
    public void Logarithmic_Domain_MarksPowersThenHalves(double low, double high, string expected) => Assert.Equal(expected, string.Join(' ', Ticks.Logarithmic(low, high).Select(Lettering.Plain)));

    [Fact]
    public void Thin_CrowdedLabels_KeepsTheEndsApart()
    {
        var scale = new LinearScale(0, 100, 0, 100);

        Assert.Equal([0, 30, 60, 100], Ticks.Thin([0, 10, 30, 40, 60, 95, 100], scale, _ => 20, 6));
    }
}
