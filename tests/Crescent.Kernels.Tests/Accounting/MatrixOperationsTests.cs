using Crescent.Kernels.Accounting;

namespace Crescent.Kernels.Tests.Accounting;

/// <summary>The counts of the textbook, and what follows from it.</summary>
public sealed class MatrixOperationsTests
{
    [Fact]
    public void Values_SquareAndTall_AreTheTextbooks()
    {
        Assert.Equal(8.0 / 3 * 1e6, MatrixOperations.Values(100, 100), 1e-3);
        Assert.Equal((4 * 120 * 1e4) - (4.0 / 3 * 1e6), MatrixOperations.Values(120, 100), 1e-3);
        // R-bidiagonalisation: 2 m n^2 + 2 n^3.
        Assert.Equal((2 * 400 * 1e4) + 2e6, MatrixOperations.Values(400, 100), 1e-3);
    }

    [Fact]
    public void Decomposition_OfASquare_IsItsParts()
    {
        // Bidiagonal form 8/3 n^3, two sets of vectors 4/3 n^3 each, 2 n^2 rotations of n pairs at 6 operations.
        Assert.Equal(((8.0 / 3) + (8.0 / 3) + 12) * 1e6, MatrixOperations.Decomposition(100, 100), 1e-3);
        Assert.Equal(((8.0 / 3) + (8.0 / 3) + 3) * 1e6, MatrixOperations.Decomposition(100, 100, 25), 1e-3);
    }

    [Theory]
    [InlineData(100, 30)]
    [InlineData(40, 40)]
    [InlineData(44, 40)]
    public void Decomposition_OfATransposed_CostsTheSame(int rows, int columns)
    {
        Assert.Equal(MatrixOperations.Decomposition(rows, columns), MatrixOperations.Decomposition(columns, rows));
        Assert.True(MatrixOperations.Decomposition(rows, columns) > MatrixOperations.Decomposition(rows, columns, 5));
        Assert.True(MatrixOperations.Decomposition(rows, columns, 5) > MatrixOperations.Values(rows, columns));
    }

    [Fact]
    public void Formed_AllVectorsOfASquare_IsFourThirds() => Assert.Equal(4.0 / 3 * 1e6, MatrixOperations.Formed(100, 100), 1e-3);
}
