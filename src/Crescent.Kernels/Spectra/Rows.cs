using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// Row operations in double precision over eight fixed lanes, with explicit fused multiply-adds and sums in one order: the bits depend on neither the instruction set nor the vector width of the machine.
/// Lengths are multiples of eight; rows are padded with zeros.
/// </summary>
internal static class Rows
{
    public const int Lanes = 8;

    /// <summary>Smallest multiple of eight that holds <paramref name="length"/>.</summary>
    public static int Padded(int length) => (length + Lanes - 1) / Lanes * Lanes;

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var ra = ref Unsafe.AsRef(in a[0]);
        ref var rb = ref Unsafe.AsRef(in b[..a.Length][0]);
        var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i + (4 * Lanes) <= a.Length; i += 4 * Lanes)
        {
            s0 = Vector512.FusedMultiplyAdd(At(ref ra, i), At(ref rb, i), s0);
            s1 = Vector512.FusedMultiplyAdd(At(ref ra, i + Lanes), At(ref rb, i + Lanes), s1);
            s2 = Vector512.FusedMultiplyAdd(At(ref ra, i + (2 * Lanes)), At(ref rb, i + (2 * Lanes)), s2);
            s3 = Vector512.FusedMultiplyAdd(At(ref ra, i + (3 * Lanes)), At(ref rb, i + (3 * Lanes)), s3);
        }

        for (; i < a.Length; i += Lanes)
        {
            s0 = Vector512.FusedMultiplyAdd(At(ref ra, i), At(ref rb, i), s0);
        }

        return Sum(s0 + s1 + (s2 + s3));
    }

    /// <summary>y += factor * x.</summary>
    public static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        ref var ry = ref y[0];
        ref var rx = ref Unsafe.AsRef(in x[..y.Length][0]);
        var f = Vector512.Create(factor);
        for (var i = 0; i < y.Length; i += Lanes)
        {
            Vector512.FusedMultiplyAdd(f, At(ref rx, i), At(ref ry, i)).StoreUnsafe(ref ry, (nuint)i);
        }
    }

    /// <summary>Householder's two-sided update of one row: row += left * y, then row -= tau * (row . u) * u.</summary>
    public static void Reflect(Span<double> row, double left, ReadOnlySpan<double> y, double tau, ReadOnlySpan<double> u)
    {
        ref var rr = ref row[0];
        ref var ry = ref Unsafe.AsRef(in y[..row.Length][0]);
        ref var ru = ref Unsafe.AsRef(in u[..row.Length][0]);
        var f = Vector512.Create(left);
        var (s0, s1) = (Vector512<double>.Zero, Vector512<double>.Zero);
        var i = 0;
        for (; i + (2 * Lanes) <= row.Length; i += 2 * Lanes)
        {
            var a = Vector512.FusedMultiplyAdd(f, At(ref ry, i), At(ref rr, i));
            var b = Vector512.FusedMultiplyAdd(f, At(ref ry, i + Lanes), At(ref rr, i + Lanes));
            a.StoreUnsafe(ref rr, (nuint)i);
            b.StoreUnsafe(ref rr, (nuint)(i + Lanes));
            s0 = Vector512.FusedMultiplyAdd(a, At(ref ru, i), s0);
            s1 = Vector512.FusedMultiplyAdd(b, At(ref ru, i + Lanes), s1);
        }

        for (; i < row.Length; i += Lanes)
        {
            var a = Vector512.FusedMultiplyAdd(f, At(ref ry, i), At(ref rr, i));
            a.StoreUnsafe(ref rr, (nuint)i);
            s0 = Vector512.FusedMultiplyAdd(a, At(ref ru, i), s0);
        }

        AddScaled(row, -tau * Sum(s0 + s1), u);
    }

    /// <summary>y = sum over rows of weights[i] * matrix[i], for rows <paramref name="first"/> on and the columns from <paramref name="column"/> (a multiple of eight) on.</summary>
    public static void WeightedSum(Span<double> y, ReadOnlySpan<double> weights, DoubleMatrix matrix, int first, int column)
    {
        ref var ry = ref y[0];
        for (; column + (4 * Lanes) <= matrix.Stride; column += 4 * Lanes)
        {
            var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            for (var i = first; i < matrix.Rows; i++)
            {
                ref var row = ref matrix.Values[(i * matrix.Stride) + column];
                var w = Vector512.Create(weights[i]);
                s0 = Vector512.FusedMultiplyAdd(w, At(ref row, 0), s0);
                s1 = Vector512.FusedMultiplyAdd(w, At(ref row, Lanes), s1);
                s2 = Vector512.FusedMultiplyAdd(w, At(ref row, 2 * Lanes), s2);
                s3 = Vector512.FusedMultiplyAdd(w, At(ref row, 3 * Lanes), s3);
            }

            s0.StoreUnsafe(ref ry, (nuint)column);
            s1.StoreUnsafe(ref ry, (nuint)(column + Lanes));
            s2.StoreUnsafe(ref ry, (nuint)(column + (2 * Lanes)));
            s3.StoreUnsafe(ref ry, (nuint)(column + (3 * Lanes)));
        }

        for (; column < matrix.Stride; column += Lanes)
        {
            var sum = Vector512<double>.Zero;
            for (var i = first; i < matrix.Rows; i++)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(weights[i]), At(ref matrix.Values[(i * matrix.Stride) + column], 0), sum);
            }

            sum.StoreUnsafe(ref ry, (nuint)column);
        }
    }

    /// <summary>Applies plane rotations to the adjacent row pairs (first, first + 1), (first + 1, first + 2), ...: [a, b] becomes [c a + s b, c b - s a].</summary>
    public static void RotateAdjacent(DoubleMatrix matrix, int first, ReadOnlySpan<double> cosines, ReadOnlySpan<double> sines)
    {
        const int Block = 4 * Lanes;
        var column = 0;
        for (; column + Block <= matrix.Stride; column += Block)
        {
            ref var row = ref matrix.Values[(first * matrix.Stride) + column];
            var (a0, a1, a2, a3) = (At(ref row, 0), At(ref row, Lanes), At(ref row, 2 * Lanes), At(ref row, 3 * Lanes));
            for (var j = 0; j < cosines.Length; j++)
            {
                ref var next = ref Unsafe.Add(ref row, matrix.Stride);
                var (c, s) = (Vector512.Create(cosines[j]), Vector512.Create(sines[j]));
                var (b0, b1, b2, b3) = (At(ref next, 0), At(ref next, Lanes), At(ref next, 2 * Lanes), At(ref next, 3 * Lanes));
                Vector512.FusedMultiplyAdd(c, a0, s * b0).StoreUnsafe(ref row);
                Vector512.FusedMultiplyAdd(c, a1, s * b1).StoreUnsafe(ref row, Lanes);
                Vector512.FusedMultiplyAdd(c, a2, s * b2).StoreUnsafe(ref row, 2 * Lanes);
                Vector512.FusedMultiplyAdd(c, a3, s * b3).StoreUnsafe(ref row, 3 * Lanes);
                a0 = Vector512.FusedMultiplyAdd(c, b0, -(s * a0));
                a1 = Vector512.FusedMultiplyAdd(c, b1, -(s * a1));
                a2 = Vector512.FusedMultiplyAdd(c, b2, -(s * a2));
                a3 = Vector512.FusedMultiplyAdd(c, b3, -(s * a3));
                row = ref next;
            }

            a0.StoreUnsafe(ref row);
            a1.StoreUnsafe(ref row, Lanes);
            a2.StoreUnsafe(ref row, 2 * Lanes);
            a3.StoreUnsafe(ref row, 3 * Lanes);
        }

        for (; column < matrix.Stride; column += Lanes)
        {
            ref var row = ref matrix.Values[(first * matrix.Stride) + column];
            var a = At(ref row, 0);
            for (var j = 0; j < cosines.Length; j++)
            {
                ref var next = ref Unsafe.Add(ref row, matrix.Stride);
                var (c, s, b) = (Vector512.Create(cosines[j]), Vector512.Create(sines[j]), At(ref next, 0));
                Vector512.FusedMultiplyAdd(c, a, s * b).StoreUnsafe(ref row);
                a = Vector512.FusedMultiplyAdd(c, b, -(s * a));
                row = ref next;
            }

            a.StoreUnsafe(ref row);
        }
    }

    /// <summary>Rotates one pair of rows: [a, b] becomes [c a + s b, c b - s a].</summary>
    public static void Rotate(Span<double> a, Span<double> b, double cosine, double sine)
    {
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (a[i], b[i]);
            a[i] = Math.FusedMultiplyAdd(cosine, x, sine * y);
            b[i] = Math.FusedMultiplyAdd(cosine, y, -(sine * x));
        }
    }

    /// <summary>The eight lanes in one order.</summary>
    public static double Sum(Vector512<double> v)
    {
        var half = v.GetLower() + v.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        return quarter.ToScalar() + quarter.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> At(ref double start, int offset) => Vector512.LoadUnsafe(ref start, (nuint)offset);
}
