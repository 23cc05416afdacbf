namespace Crescent.Kernels.Tasks.Matrices;

/// <summary>Whole-number linear algebra without fractions (Bareiss, 1968). Entries up to 9 in up to 6 lines stay far inside 64 bits.</summary>
public static class ExactMatrix
{
    /// <param name="matrix">[row][column].</param>
    public static int Rank(int[][] matrix) => Eliminate(matrix).Rank;

    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public static long Determinant(int[][] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.Any(row => row.Length != matrix.Length))
        {
            throw new ArgumentException("Only a square matrix has a determinant.", nameof(matrix));
        }

        var (rank, pivot, sign) = Eliminate(matrix);
        return rank == matrix.Length ? sign * pivot : 0;
    }

    /// <summary>Elimination with exact division by the pivot before: the last pivot of a regular matrix is its determinant up to sign.</summary>
    private static (int Rank, long Pivot, int Sign) Eliminate(int[][] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var rows = matrix.Select(row => row.Select(entry => (long)entry).ToArray()).ToArray();
        var (rank, last, sign) = (0, 1L, 1);
        for (var column = 0; column < rows[0].Length && rank < rows.Length; column++)
        {
            var found = Array.FindIndex(rows, rank, row => row[column] != 0);
            if (found < 0)
            {
                continue;
            }

            sign = found == rank ? sign : -sign;
            (rows[rank], rows[found]) = (rows[found], rows[rank]);
            var pivot = rows[rank];
            foreach (var row in rows.AsSpan(rank + 1))
            {
                var factor = row[column];
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] = checked((row[j] * pivot[column]) - (factor * pivot[j])) / last;
                }
            }

            last = pivot[column];
            rank++;
        }

        return (rank, last, sign);
    }
}
