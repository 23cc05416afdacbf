using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class StudentTTests
{
    /// <summary>Tables of the t distribution; df 1 and 2 have closed forms.</summary>
    [Theory]
    [InlineData(0.975, 1, 12.706204736432095)]
    [InlineData(0.975, 2, 4.302652729911275)]
    [InlineData(0.975, 4, 2.7764451051977934)]
    [InlineData(0.975, 10, 2.2281388519649385)]
    [InlineData(0.975, 30, 2.0422724563012373)]
    [InlineData(0.975, 400, 1.9659123432294595)]
    [InlineData(0.95, 5, 2.015048373333024)]
    [InlineData(0.995, 9, 3.2498355415921263)]
    [InlineData(0.9995, 3, 12.923978636687485)]
    [InlineData(0.75, 1, 1.0)]
    [InlineData(0.975, 1e6, 1.9599663568979744)]
    public void Quantile_KnownValues_Agree(double probability, double degrees, double expected)
    {
        Assert.Equal(expected, StudentT.Quantile(probability, degrees), 1e-9 * expected);
        Assert.Equal(-expected, StudentT.Quantile(1 - probability, degrees), 1e-8 * expected);
        Assert.Equal(2 * (1 - probability), StudentT.TwoSidedTail(expected, degrees), 1e-11);
    }

    [Fact]
    public void Quantile_Half_IsZero() => Assert.Equal(0, StudentT.Quantile(0.5, 7), 1e-15);

    [Theory]
    [InlineData(0.0, 5)]
    [InlineData(1.0, 5)]
    [InlineData(0.9, 0)]
    public void Quantile_OutOfRange_Throws(double probability, double degrees) => Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(probability, degrees));
}
