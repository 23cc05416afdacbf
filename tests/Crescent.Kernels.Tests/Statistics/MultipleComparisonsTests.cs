using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

public sealed class MultipleComparisonsTests
{
    private static readonly double[] P = [0.01, 0.04, 0.03, 0.005];

    [Fact]
    public void Holm_KnownExample_Agrees() => Assert.All(MultipleComparisons.Holm(P).Zip([0.03, 0.06, 0.06, 0.02]), pair => Assert.Equal(pair.Second, pair.First, 1e-15));

    [Fact]
    public void BenjaminiHochberg_KnownExample_Agrees() => Assert.All(MultipleComparisons.BenjaminiHochberg(P).Zip([0.02, 0.04, 0.04, 0.02]), pair => Assert.Equal(pair.Second, pair.First, 1e-15));

    [Fact]
    public void Adjusted_OneOrNone_IsUnchanged()
    {
        Assert.Equal([0.2], MultipleComparisons.Holm([0.2]));
        Assert.Equal([0.2], MultipleComparisons.BenjaminiHochberg([0.2]));
        Assert.Empty(MultipleComparisons.Holm([]));
    }
}
