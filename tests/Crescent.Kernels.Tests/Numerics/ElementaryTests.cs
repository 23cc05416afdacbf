using Crescent.Kernels.Numerics;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tests.Numerics;

public sealed class ElementaryTests
{
    private static IEnumerable<double> Values(double low, double high)
    {
        var stream = new RandomStream(new RandomKey(1, RandomPurpose.Initialisation, 0));
        for (var i = 0; i < 20_000; i++)
        {
            yield return low + (high - low) * stream.NextDouble();
        }
    }

    private static void AssertClose(double expected, double actual, double relative, double absolute = 0) =>
        Assert.True(Math.Abs(expected - actual) <= relative * Math.Abs(expected) + absolute, $"expected {expected:R}, got {actual:R}");

    [Fact]
    public void Exp_AcrossTheRange_AgreesWithThePlatform()
    {
        foreach (var x in Values(-700, 700).Concat(Values(-1, 1)))
        {
            AssertClose(Math.Exp(x), Elementary.Exp(x), 4.5e-16);
        }
    }

    [Fact]
    public void Log_AcrossTheRange_AgreesWithThePlatform()
    {
        foreach (var x in Values(0, 2).Concat(Values(0.7, 1.5)).Concat(Values(-700, 700).Select(Math.Exp)).Append(double.Epsilon))
        {
            AssertClose(Math.Log(x), Elementary.Log(x), 4.5e-16);
        }
    }

    [Fact]
    public void SinCos_AcrossTheRange_AgreesWithThePlatform()
    {
        foreach (var x in Values(-10, 10).Concat(Values(0, 100_000)))
        {
            var (sin, cos) = Elementary.SinCos(x);
            AssertClose(Math.Sin(x), sin, 4.5e-16, 1e-22);
            AssertClose(Math.Cos(x), cos, 4.5e-16, 1e-22);
        }
    }

    [Fact]
    public void SinCosTurns_AcrossTheCircle_AgreesWithThePlatform()
    {
        foreach (var x in Values(0, 1).Concat([0, 0.125, 0.25, 0.5, 0.75, 0.999999]))
        {
            var (sin, cos) = Elementary.SinCosTurns(x);
            AssertClose(Math.Sin(2 * Math.PI * x), sin, 0, 1e-15);
            AssertClose(Math.Cos(2 * Math.PI * x), cos, 0, 1e-15);
        }
    }

    [Fact]
    public void Pow_OfUsualBases_AgreesWithThePlatform()
    {
        foreach (var y in Values(-30, 30))
        {
            AssertClose(Math.Pow(0.98, y), Elementary.Pow(0.98, y), 1e-14);
            AssertClose(Math.Pow(10_000, y / 30), Elementary.Pow(10_000, y / 30), 1e-14);
        }
    }

    [Fact]
    public void Exp_AtItsEnds_SaturatesOrPassesNaN()
    {
        Assert.Equal(double.PositiveInfinity, Elementary.Exp(710));
        Assert.Equal(0, Elementary.Exp(-746));
        Assert.Equal(1, Elementary.Exp(0));
        Assert.True(double.IsNaN(Elementary.Exp(double.NaN)));
    }

    [Fact]
    public void Log_OutsideItsDomain_GivesWhatIeeeSays()
    {
        Assert.Equal(double.NegativeInfinity, Elementary.Log(0));
        Assert.True(double.IsNaN(Elementary.Log(-1)));
        Assert.Equal(0, Elementary.Log(1));
        Assert.Equal(double.PositiveInfinity, Elementary.Log(double.PositiveInfinity));
    }

    [Fact]
    public void SinCos_OfAHugeAngle_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Elementary.SinCos(1e10));
}
