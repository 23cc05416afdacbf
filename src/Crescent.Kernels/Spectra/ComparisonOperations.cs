using Crescent.Kernels.Accounting;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// Floating-point operations of a comparison, by <see cref="MatrixOperations"/>: both decompositions, the change's values, its form in the basis compared from, the angles at each k, and the draws.
/// What the data decide (cosines beside sines for large angles) and single directions are of lower order and left out.
/// </summary>
internal static class ComparisonOperations
{
    /// <param name="spec">The spec that this matrix is compared by.</param>
    /// <param name="spectrum">What came out: sizes, ranks, and whether there was a change to draw the like of.</param>
    public static double Of(SpectraSpec spec, MatrixSpectrum spectrum)
    {
        var (rows, columns) = (spectrum.Rows, spectrum.Columns);
        var (longSide, shortSide) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var draws = spectrum.RelativeChange > 0 ? spec.NullDraws : 0;
        int[] ranks = [.. spectrum.Rotations.Select(rotation => rotation.K)];
        return (spectrum.Head is null ? 0 : 2 * MatrixOperations.Product(rows, columns, spectrum.FromValues.Length))
            + (2 * MatrixOperations.Decomposition(rows, columns))
            + MatrixOperations.Values(rows, columns)
            + MatrixOperations.Product(shortSide, columns, rows)
            + MatrixOperations.Product(shortSide, shortSide, columns)
            + ranks.Sum(k => Angles(k, rows) + Angles(k, columns))
            + (spec.NullDraws > 0 ? ranks.Sum(k => MatrixComparison.UnrelatedDraws * Unrelated(k, longSide, shortSide)) : 0)
            + (draws * ((2 * Draw(ranks, longSide, shortSide)) + Rotated(longSide, shortSide)));
    }

    /// <summary>The overlap, twice the residual, and its singular values.</summary>
    private static double Angles(int k, int length) => (4 * MatrixOperations.Product(k, k, length)) + MatrixOperations.Values(k, length);

    private static double Unrelated(int k, int longSide, int shortSide) => MatrixOperations.Formed(k, longSide) + MatrixOperations.Formed(k, shortSide) + (2 * MatrixOperations.Values(k, k));

    private static double Draw(int[] ranks, int longSide, int shortSide) => MatrixOperations.Decomposition(longSide, shortSide, ranks.Max()) + ranks.Sum(k => 2 * MatrixOperations.Values(k, k));

    private static double Rotated(int longSide, int shortSide) =>
        MatrixOperations.Formed(shortSide, longSide) + MatrixOperations.Formed(shortSide, shortSide) + MatrixOperations.Product(longSide, shortSide, shortSide);
}
