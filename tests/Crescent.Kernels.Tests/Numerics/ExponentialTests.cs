using System.Runtime.Intrinsics;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Tests.Engines.Cpu;

namespace Crescent.Kernels.Tests.Numerics;

public sealed unsafe class ExponentialTests
{
    [Fact]
    public void Exp_AcrossTheRange_IsWithinTwoUlp()
    {
        for (var x = -87f; x < 88.2f; x += 0.00371f)
        {
            var exact = Math.Exp(x);
            Assert.Equal(exact, Exponential.Exp(Vector512.Create(x))[3], exact * 2.4e-7);
        }
    }

    [Fact]
    public void Exp_AtItsEnds_SaturatesOrPassesNaN()
    {
        var y = Exponential.Exp(Vector512.Create(0, -0f, -200, float.NegativeInfinity, float.NaN, 1000, float.PositiveInfinity, 1, 0, 0, 0, 0, 0, 0, 0, 0));
        Assert.Equal([1, 1, 0, 0], new[] { y[0], y[1], y[2], y[3] });
        Assert.True(float.IsNaN(y[4]));
        Assert.True(y[5] > 2e38 && float.IsFinite(y[5]) && y[6] == y[5]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(95)]
    public void Softmax_AnyLength_SumsToOneAndAgreesWithDouble(int count)
    {
        var x = SmallModels.Random(count, 1);
        var pad = new float[Lanes.Count];
        float[] logs = [.. x.Select(value => value / 0.7f)];
        var exact = DoubleDecoder.LogSoftmax([.. x.Select(value => value / (double)0.7f)]);
        float[] p = [.. logs, .. pad];
        x = [.. x, .. pad];
        fixed (float* pp = p, px = x)
        {
            Exponential.Softmax(pp, count, 1);
            Exponential.LogSoftmax(px, count, 0.7f);
        }

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(Math.Exp(exact[i]), p[i], 1e-6);
            Assert.Equal(exact[i], x[i], 2e-6);
        }
    }

    [Fact]
    public void Sum_OfLanes_IsInOneOrder()
    {
        float[] x = [1e8f, 1, -1e8f, 1, 3, 5, 7, 9, 1e8f, 2, 4, 6, -1e8f, 8, 10, 12];
        var expected = 0f;
        fixed (float* p = x)
        {
            float[] eight = [.. Enumerable.Range(0, 8).Select(i => x[i] + x[i + 8])];
            float[] four = [.. Enumerable.Range(0, 4).Select(i => eight[i] + eight[i + 4])];
            expected = four[0] + four[2] + (four[1] + four[3]);
            Assert.Equal(expected, Lanes.Sum(Vector512.Load(p)));
        }
    }

    [Fact]
    public void ArgMax_OnTies_IsTheLowestIndex()
    {
        var x = new float[40];
        x[7] = x[33] = x[12] = 2;
        fixed (float* p = x)
        {
            Assert.Equal(7, Lanes.ArgMax(p, 40));
            Assert.Equal(2, Lanes.Max(p, 40));
        }
    }
}
