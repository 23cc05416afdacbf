using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class SingularValueDecompositionTests
{
    private static RandomKey Key(uint index) => new(11, RandomPurpose.SpectralNull, index);

    /// <summary>U diag(values) V^T with random orthonormal factors.</summary>
    internal static DoubleMatrix Constructed(double[] values, int rows, int columns, uint index) =>
        RandomMatrix.OrthonormalRows(values.Length, rows, Key(index)).ScaleRows(values).Transposed().Times(RandomMatrix.OrthonormalRows(values.Length, columns, Key(index + 1)));

    private static double DistanceFromOrthonormal(DoubleMatrix rows)
    {
        var gram = rows.TimesTransposed(rows);
        for (var i = 0; i < gram.Rows; i++)
        {
            gram[i, i] -= 1;
        }

        return gram.Norm();
    }

    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 1, 9 }, { 9, 1 }, { 2, 2 }, { 3, 5 }, { 8, 8 }, { 17, 4 }, { 31, 31 }, { 33, 32 }, { 65, 33 }, { 70, 64 }, { 97, 65 }, { 95, 128 }, { 128, 128 }, { 384, 128 }, { 128, 384 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Of_ConstructedMatrix_FindsItsValuesToTwelveDigits(int rows, int columns)
    {
        var rank = Math.Min(rows, columns);
        var values = Enumerable.Range(0, rank).Select(i => 3.0 * Math.Pow(0.9, i)).ToArray();
        var matrix = Constructed(values, rows, columns, 100);
        var found = SingularValueDecomposition.Of(matrix);
        Assert.All(values.Zip(found.Values), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1e-12 * values[0], $"{pair}"));
        Assert.All(values.Zip(SingularValueDecomposition.ValuesOf(matrix)), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1e-12 * values[0], $"{pair}"));
        Assert.True(found.Compose(found.Values, rank).Plus(-1, matrix).Norm() < 1e-13 * matrix.Norm());
        Assert.True(DistanceFromOrthonormal(found.Left) < 1e-13);
        Assert.True(DistanceFromOrthonormal(found.Right) < 1e-13);
    }

    [Fact]
    public void Of_RepeatedAndZeroValues_StaysOrthonormal()
    {
        double[] values = [2, 2, 2, 1, 1, 0, 0, 0];
        var matrix = Constructed(values, 20, 8, 200);
        var found = SingularValueDecomposition.Of(matrix);
        Assert.All(values.Zip(found.Values), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
        Assert.True(DistanceFromOrthonormal(found.Left) < 1e-13);
        Assert.True(DistanceFromOrthonormal(found.Right) < 1e-13);
    }

    [Fact]
    public void Of_ZeroMatrix_HasZeroValuesAndOrthonormalVectors()
    {
        var found = SingularValueDecomposition.Of(new DoubleMatrix(5, 3));
        Assert.Equal([0, 0, 0], found.Values);
        Assert.Equal(0, DistanceFromOrthonormal(found.Left));
    }

    /// <summary>
    /// The change of an embedding whose tokens were mostly unseen. Once the reduction has used up the rank, what is left shrinks by sixteen digits a step, until its squares vanish: where depends on the numbers.
    /// </summary>
    [Fact]
    public async Task Of_LowRankWithEmptyColumns_Converges()
    {
        for (var trial = 0u; trial < 12; trial++)
        {
            var random = new RandomStream(Key(700 + trial));
            var seen = Enumerable.Range(0, 64).ToArray();
            random.Shuffle<int>(seen);
            var matrix = new DoubleMatrix(64, 64);
            foreach (var token in seen.Where(token => token > 0).Take(20))
            {
                for (var i = 0; i < 64; i++)
                {
                    matrix[i, token] = (float)(random.NextDouble() - 0.5);
                }
            }

            var decomposition = Task.Run(() => (SingularValueDecomposition.Of(matrix), SingularValueDecomposition.ValuesOf(matrix)), TestContext.Current.CancellationToken);
            var (found, values) = await decomposition.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

            Assert.Equal(20, found.Values.Count(value => value > 1e-12));
            Assert.All(found.Values.Zip(values), pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1e-13));
            Assert.True(DistanceFromOrthonormal(found.Left) < 1e-12);
            Assert.True(DistanceFromOrthonormal(found.Right) < 1e-12);
            Assert.True(found.Compose(found.Values, 64).Plus(-1, matrix).Norm() < 1e-13 * matrix.Norm());
        }
    }

    [Fact]
    public void Of_BidiagonalWithZerosOnTheDiagonal_Converges()
    {
        var matrix = new DoubleMatrix(6, 6);
        double[] diagonal = [1, 0, 3, 0, 2, 0];
        for (var i = 0; i < 6; i++)
        {
            matrix[i, i] = diagonal[i];
            if (i < 5)
            {
                matrix[i, i + 1] = 1;
            }
        }

        var found = SingularValueDecomposition.Of(matrix);
        Assert.True(found.Compose(found.Values, 6).Plus(-1, matrix).Norm() < 1e-14 * matrix.Norm());
        Assert.True(found.Values[^1] < 1e-15);
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    public void Of_ExtremeScale_KeepsRelativeAccuracy(double scale)
    {
        double[] values = [3, 2, 1];
        var found = SingularValueDecomposition.Of(Constructed(values, 6, 5, 300).Scale(scale));
        Assert.All(values.Zip(found.Values), pair => Assert.Equal(pair.First, pair.Second / scale, 1e-13));
    }

    [Fact]
    public void Of_AnyMatrix_FixesSigns()
    {
        var matrix = RandomMatrix.Gaussian(12, 7, Key(400));
        var (one, other) = (SingularValueDecomposition.Of(matrix), SingularValueDecomposition.Of(matrix.Copy().Scale(-1)));
        for (var i = 0; i < 7; i++)
        {
            var row = one.Left.Row(i).ToArray();
            Assert.True(row.MaxBy(Math.Abs) > 0);
            Assert.Equal(row, other.Left.Row(i).ToArray());
            Assert.Equal(one.Right.Row(i).ToArray(), other.Right.Row(i).ToArray().Select(value => -value));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Of_NotFinite_IsRefused(double value)
    {
        var matrix = new DoubleMatrix(3, 3) { [1, 1] = value };
        Assert.Equal("not-finite", Assert.Throws<CrescentException>(() => SingularValueDecomposition.Of(matrix)).Code);
    }
}
