using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class RandomMatrixTests
{
    [Fact]
    public void OrthonormalRows_OfManyDraws_AreUniform()
    {
        // Every entry of a Haar frame has mean 0 and variance 1 / m; a fixed sign convention would show in the first column.
        const int Draws = 4000;
        var (mean, square) = (new double[2, 3], new double[2, 3]);
        for (var draw = 0; draw < Draws; draw++)
        {
            var frame = RandomMatrix.OrthonormalRows(2, 3, new RandomKey(5, RandomPurpose.SpectralNull, (uint)draw));
            for (var i = 0; i < 2; i++)
            {
                for (var j = 0; j < 3; j++)
                {
                    mean[i, j] += frame[i, j] / Draws;
                    square[i, j] += frame[i, j] * frame[i, j] / Draws;
                }
            }
        }

        Assert.All(mean.Cast<double>(), value => Assert.InRange(value, -0.035, 0.035));
        Assert.All(square.Cast<double>(), value => Assert.InRange(value, 0.31, 0.36));
    }

    [Fact]
    public void Gaussian_OfManyEntries_HasUnitVariance()
    {
        var matrix = RandomMatrix.Gaussian(301, 101, new RandomKey(6, RandomPurpose.SpectralNull, 0));
        Assert.InRange(matrix.SquaredNorm() / (301 * 101), 0.97, 1.03);
        Assert.InRange(matrix.Values.Sum() / (301 * 101), -0.02, 0.02);
    }
}
