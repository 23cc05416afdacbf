using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Spectra;

/// <summary>Random matrices that depend on their key alone.</summary>
public static class RandomMatrix
{
    /// <summary>Independent standard normal entries.</summary>
    public static DoubleMatrix Gaussian(int rows, int columns, RandomKey key)
    {
        var matrix = new DoubleMatrix(rows, columns);
        var random = new RandomStream(key);
        for (var i = 0; i < rows; i++)
        {
            NormalZiggurat.Fill(matrix.Row(i)[..columns], random);
        }

        return matrix;
    }

    /// <summary>k orthonormal rows of length m, uniform over all such frames: reflections by normal vectors of falling length (Stewart, 1980).</summary>
    public static DoubleMatrix OrthonormalRows(int k, int m, RandomKey key)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, m);
        var (vectors, tau, signs) = (new DoubleMatrix(k, m), new double[k], new double[k]);
        var random = new RandomStream(key);
        for (var i = 0; i < k; i++)
        {
            NormalZiggurat.Fill(vectors.Row(i)[i..m], random);
            (var beta, tau[i]) = Householder.Reflector(vectors.Row(i), i);
            // The sign that a QR factorisation with a positive diagonal has; without it the frames are not uniform.
            signs[i] = beta < 0 ? -1 : 1;
        }

        return new BlockReflections(vectors, tau, 0).Columns().ScaleRows(signs);
    }
}
