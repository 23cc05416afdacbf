using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// Principal angles between subspaces, in radians, rising: asin of the singular values of V - U U^T V, and arccos of those of U^T V above 45 degrees (Bjorck and Golub, 1973).
/// Arccos alone loses angles under 1e-8.
/// </summary>
public static class PrincipalAngles
{
    /// <summary>Cosines under this give their angles to 1e-5 relative.</summary>
    private const double SafeCosine = 1 - 1e-11;

    private const double HalfRightAngle = 0.70710678118654757;

    /// <param name="u">Orthonormal rows [k, m].</param>
    /// <param name="v">Orthonormal rows [k, m].</param>
    public static double[] Between(DoubleMatrix u, DoubleMatrix v)
    {
        ArgumentNullException.ThrowIfNull(u);
        ArgumentNullException.ThrowIfNull(v);
        if (u.Rows == 1)
        {
            return [Single(u, v)];
        }

        var overlap = v.TimesTransposed(u);
        var residual = v.Plus(-1, overlap.Times(u));
        // Once more: u is orthonormal to rounding only, and what that leaves behind would drown the smallest angles.
        residual = residual.Plus(-1, residual.TimesTransposed(u).Times(u));
        return Merge(u.Rows, SingularValueDecomposition.ValuesOf(residual), () => SingularValueDecomposition.ValuesOf(overlap));
    }

    /// <summary>The same for two directions, without decompositions.</summary>
    private static double Single(DoubleMatrix u, DoubleMatrix v)
    {
        var overlap = Rows.Dot(u.Row(0), v.Row(0));
        var residual = v.Plus(-overlap, u);
        residual = residual.Plus(-Rows.Dot(u.Row(0), residual.Row(0)), u);
        var sine = residual.Norm();
        return sine > HalfRightAngle ? Elementary.Acos(Math.Min(1, Math.Abs(overlap))) : Elementary.Asin(sine);
    }

    /// <summary>Angles between the span of orthonormal rows [k, m] and that of the first k coordinates.</summary>
    public static double[] ToCoordinates(DoubleMatrix rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var k = rows.Rows;
        return ByCosines(rows, out var cosines) ?? Merge(k, SingularValueDecomposition.ValuesOf(rows.ColumnRange(k, rows.Columns - k)), () => cosines);
    }

    /// <summary>The same from the first k coordinates of the rows alone; null where an angle is too small for its cosine.</summary>
    internal static double[]? ByCosines(DoubleMatrix rows, out double[] cosines)
    {
        cosines = SingularValueDecomposition.ValuesOf(rows.FirstColumns(rows.Rows));
        return cosines[0] < SafeCosine ? [.. cosines.Select(Elementary.Acos)] : null;
    }

    /// <summary>sqrt(2 sum sin^2): the Frobenius distance of the two projectors.</summary>
    public static double ProjectorDistance(IEnumerable<double> angles) => Math.Sqrt(2 * angles.Sum(angle => Elementary.Sin(angle) * Elementary.Sin(angle)));

    /// <param name="sines">Falling; may lack zeros, when the complement has fewer dimensions than the subspaces.</param>
    private static double[] Merge(int count, double[] sines, Func<double[]> fallingCosines)
    {
        var cosines = sines[0] > HalfRightAngle ? fallingCosines() : null;
        var angles = new double[count];
        for (var i = 0; i < count; i++)
        {
            var sine = count - 1 - i < sines.Length ? sines[count - 1 - i] : 0;
            angles[i] = cosines is not null && sine > HalfRightAngle ? Elementary.Acos(cosines[i]) : Elementary.Asin(sine);
        }

        return angles;
    }
}
