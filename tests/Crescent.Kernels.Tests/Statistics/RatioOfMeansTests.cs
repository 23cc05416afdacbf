using Crescent.Kernels.Randomness;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class RatioOfMeansTests
{
    private static string[] Own(int count) => [.. Enumerable.Range(0, count).Select(i => $"{i}")];

    [Fact]
    public void Fieller_ExactDenominator_ScalesTheMeansInterval()
    {
        var numerator = new ClusteredSample([1, 2, 3, 4], Own(4));
        var ratio = RatioOfMeans.Fieller(numerator, new ClusteredSample([2, 2, 2, 2], Own(4)))!.Value;
        var mean = numerator.MeanInterval();
        Assert.Equal((mean.Estimate / 2, mean.Low / 2, mean.High / 2), (ratio.Estimate, ratio.Low, ratio.High));
    }

    [Fact]
    public void Fieller_Endpoints_SolveItsEquation()
    {
        // At an endpoint r, the interval of mean(a - r b) touches 0.
        var (a, b) = (new ClusteredSample([0.5, 1.4, 0.8, 1.1, 0.2], Own(5)), new ClusteredSample([1.9, 2.6, 2.2, 1.7, 2.4], Own(5)));
        var ratio = RatioOfMeans.Fieller(a, b)!.Value;
        foreach (var r in new[] { ratio.Low, ratio.High })
        {
            var difference = new ClusteredSample([.. a.Values.Zip(b.Values, (x, y) => x - (r * y))], Own(5)).MeanInterval();
            Assert.Equal(0, Math.Min(Math.Abs(difference.Low), Math.Abs(difference.High)), 1e-12);
        }
    }

    [Fact]
    public void Fieller_DenominatorNotApartFromZero_IsNull() =>
        Assert.Null(RatioOfMeans.Fieller(new ClusteredSample([1, 2, 3], Own(3)), new ClusteredSample([1, -1, 0.3], Own(3))));

    [Fact]
    public void Fieller_NoisyRatio_CoversAsPromised()
    {
        var random = new RandomStream(new RandomKey(9, RandomPurpose.Bootstrap, 0));
        var covered = 0;
        for (var i = 0; i < 1000; i++)
        {
            var shared = Enumerable.Range(0, 40).Select(_ => random.NextGaussian()).ToArray();
            var a = new ClusteredSample([.. shared.Select(s => 0.3 + s + random.NextGaussian())], Own(40));
            var b = new ClusteredSample([.. shared.Select(s => 1.2 + s + (0.5 * random.NextGaussian()))], Own(40));
            covered += RatioOfMeans.Fieller(a, b) is not { } ratio || (ratio.Low <= 0.25 && 0.25 <= ratio.High) ? 1 : 0;
        }

        Assert.InRange(covered / 1000.0, 0.93, 0.97);
    }
}
