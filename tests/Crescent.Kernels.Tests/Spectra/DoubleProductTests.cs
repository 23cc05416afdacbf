using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class DoubleProductTests
{
    private static DoubleMatrix Draw(int rows, int columns, uint index) => RandomMatrix.Gaussian(rows, columns, new RandomKey(41, RandomPurpose.Initialisation, index));

    /// <summary>One chain of fused multiply-adds in rising order: the bits that every blocking must give.</summary>
    private static double Chain(DoubleMatrix a, DoubleMatrix b, int i, int j)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Columns; k++)
        {
            sum = Math.FusedMultiplyAdd(a[i, k], b[k, j], sum);
        }

        return sum;
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 15, 3)]
    [InlineData(8, 16, 256)]
    [InlineData(9, 17, 257)]
    [InlineData(33, 50, 600)]
    public void Times_AnyShape_IsOneChainAnElement(int m, int n, int k)
    {
        var (a, b) = (Draw(m, k, 1), Draw(k, n, 2));
        var (plain, left, right) = (a.Times(b), a.Transposed().TransposedTimes(b), a.TimesTransposed(b.Transposed()));
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var expected = Chain(a, b, i, j);
                Assert.Equal((expected, expected, expected), (plain[i, j], left[i, j], right[i, j]));
            }
        }

        Assert.All(Enumerable.Range(0, m), i => Assert.All(plain.Row(i)[n..].ToArray(), padding => Assert.Equal(0, padding)));
    }

    /// <summary>Many sweeps of unequal length and place: together they turn the rows as one rotation after the other does.</summary>
    [Fact]
    public void Apply_SweepsTogether_EqualOneByOne()
    {
        var matrix = Draw(23, 19, 3);
        var random = new RandomStream(new RandomKey(42, RandomPurpose.Initialisation, 0));
        RotationSweep[] sweeps =
        [
            .. new[] { (2, 20), (2, 20), (2, 19), (2, 17), (0, 22), (0, 21), (0, 21), (0, 21), (5, 3), (5, 3), (5, 3), (5, 3), (1, 9), (1, 12), (1, 4), (1, 4), (3, 1), (4, 6), (4, 6) }
                .Select(place => new RotationSweep(place.Item1, place.Item2, Pairs(random, place.Item2))),
        ];
        var (together, single) = (new RotationPanels(matrix), new RotationPanels(matrix));
        together.Apply(sweeps);
        foreach (var sweep in sweeps)
        {
            for (var j = 0; j < sweep.Count; j++)
            {
                single.Rotate(sweep.First + j, sweep.First + j + 1, sweep.Pairs[2 * j], sweep.Pairs[(2 * j) + 1]);
            }
        }

        int[] order = [.. Enumerable.Range(0, 23)];
        Assert.Equal(single.ToMatrix(order, 19).Values, together.ToMatrix(order, 19).Values);
        Assert.Equal(matrix.Norm(), together.ToMatrix(order, 19).Norm(), 1e-12);
    }

    private static double[] Pairs(RandomStream random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 6).SelectMany(angle => new[] { Math.Cos(angle), Math.Sin(angle) })];
}
