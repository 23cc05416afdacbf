using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Accounting;

/// <summary>
/// Floating-point operations of the linear algebra that spectra and interventions are made of, a fused multiply-add counting as two: leading terms as in Golub and Van Loan, Matrix Computations (4th ed.), by section.
/// Functions of the sizes alone. What an iteration does is the usual estimate, two sweeps a singular value (8.6.3).
/// </summary>
public static class MatrixOperations
{
    /// <summary>C[rows, columns] of a sum over inner: 2 rows columns inner.</summary>
    public static double Product(double rows, double columns, double inner) => 2 * rows * columns * inner;

    /// <summary>Singular values alone: the reduction to bidiagonal form; the iteration on two diagonals is of lower order.</summary>
    public static double Values(int rows, int columns)
    {
        var (m, n) = Sides(rows, columns);
        return IsTall(m, n) ? Triangle(m, n) + Bidiagonal(n, n) : Bidiagonal(m, n);
    }

    /// <summary>Singular values and vectors: the reduction, both sets of vectors formed, turned by n^2 rotations each, and carried over to a tall matrix.</summary>
    /// <param name="coordinates">How many leading coordinates of each vector are turned.</param>
    public static double Decomposition(int rows, int columns, int coordinates = int.MaxValue)
    {
        var (m, n) = Sides(rows, columns);
        var tall = IsTall(m, n);
        var reduced = tall ? n : m;
        var turned = Math.Min(coordinates, reduced) + Math.Min(coordinates, n);
        return Values(rows, columns) + Formed(n, reduced) + Formed(n, n) + (6 * n * n * turned) + (tall ? 2 * n * n * ((2 * m) - n) : 0);
    }

    /// <summary>Orthonormal rows [count, length] out of as many reflections (5.1.6): 2 length count^2 - 2/3 count^3.</summary>
    public static double Formed(double count, double length) => (2 * length * count * count) - (2 * count * count * count / 3);

    /// <summary>Reduction to triangular form (5.2.1).</summary>
    private static double Triangle(double m, double n) => (2 * m * n * n) - (2 * n * n * n / 3);

    /// <summary>Reduction to bidiagonal form (5.4.8).</summary>
    private static double Bidiagonal(double m, double n) => (4 * m * n * n) - (4 * n * n * n / 3);

    private static bool IsTall(double m, double n) => m >= SingularValueDecomposition.Tall * n;

    private static (double Long, double Short) Sides(int rows, int columns) => (Math.Max(rows, columns), Math.Min(rows, columns));
}
