using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tests.Randomness;

public sealed class NormalZigguratTests
{
    private const int Count = 400_000;

    private static readonly double[] Values = Draw(1);

    private static double[] Draw(uint index)
    {
        var values = new double[Count];
        NormalZiggurat.Fill(values, new RandomStream(new RandomKey(41, RandomPurpose.SpectralNull, index)));
        return values;
    }

    [Theory]
    [InlineData(1, 0, 0.007)]
    [InlineData(2, 1, 0.01)]
    [InlineData(3, 0, 0.03)]
    [InlineData(4, 3, 0.06)]
    public void Fill_ManyNumbers_HaveNormalMoments(int power, double moment, double tolerance) =>
        Assert.InRange(Values.Sum(value => Math.Pow(value, power)) / Count, moment - tolerance, moment + tolerance);

    /// <summary>Shares beyond a bound, among them the tail beyond the last layer; four standard deviations allowed.</summary>
    [Theory]
    [InlineData(0.5, 0.6170750774519738)]
    [InlineData(1.0, 0.31731050786291415)]
    [InlineData(2.0, 0.04550026389635842)]
    [InlineData(3.5, 0.00046525815807105)]
    public void Fill_ManyNumbers_HaveNormalShares(double bound, double share)
    {
        var allowed = 4 * Math.Sqrt(share * (1 - share) / Count);
        Assert.InRange(Values.Count(value => Math.Abs(value) > bound) / (double)Count, share - allowed, share + allowed);
    }

    [Fact]
    public void Fill_SameKey_GivesSameNumbers()
    {
        Assert.Equal(Values, Draw(1));
        Assert.NotEqual(Values[0], Draw(2)[0]);
    }
}
