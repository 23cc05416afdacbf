using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tests.Randomness;

public sealed class RandomStreamTests
{
    private static RandomStream Stream(uint index = 0) => new(new RandomKey(7, RandomPurpose.SpectralNull, index));

    [Fact]
    public void NextGaussian_ManyDraws_HasTheMomentsOfANormal()
    {
        var stream = Stream();
        const int n = 200_000;
        double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
        for (var i = 0; i < n; i++)
        {
            var x = stream.NextGaussian();
            m1 += x / n;
            m2 += x * x / n;
            m3 += x * x * x / n;
            m4 += x * x * x * x / n;
        }

        // Five standard errors of each moment's mean.
        Assert.InRange(m1, -5 / Math.Sqrt(n), 5 / Math.Sqrt(n));
        Assert.InRange(m2, 1 - 5 * Math.Sqrt(2.0 / n), 1 + 5 * Math.Sqrt(2.0 / n));
        Assert.InRange(m3, -5 * Math.Sqrt(15.0 / n), 5 * Math.Sqrt(15.0 / n));
        Assert.InRange(m4, 3 - 5 * Math.Sqrt(96.0 / n), 3 + 5 * Math.Sqrt(96.0 / n));
    }

    [Fact]
    public void NextDouble_ManyDraws_StaysInTheUnitInterval()
    {
        var stream = Stream(1);
        var sum = 0.0;
        for (var i = 0; i < 100_000; i++)
        {
            var x = stream.NextDouble();
            Assert.InRange(x, 0, 1 - Math.ScaleB(1, -53));
            sum += x;
        }

        Assert.InRange(sum / 100_000, 0.495, 0.505);
    }

    [Fact]
    public void NextInt_ManyDraws_IsUniform()
    {
        var stream = Stream(2);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[stream.NextInt(7)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Shuffle_OfDistinctItems_KeepsThemAll()
    {
        var items = Enumerable.Range(0, 50).ToArray();
        Stream(3).Shuffle<int>(items);
        Assert.Equal(Enumerable.Range(0, 50), items.Order());
        Assert.NotEqual(Enumerable.Range(0, 50), items);
    }

    [Fact]
    public void Streams_OfDifferentKeys_Differ()
    {
        RandomKey key = new(7, RandomPurpose.SpectralNull, 0);
        RandomKey[] keys = [key, key with { Seed = 8 }, key with { Index = 1 }, key with { Position = 1 }, key with { Purpose = RandomPurpose.Bootstrap }];
        Assert.Equal(keys.Length, keys.Select(k => new RandomStream(k).NextUInt32()).Distinct().Count());
    }
}
