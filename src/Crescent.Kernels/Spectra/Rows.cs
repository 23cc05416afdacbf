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

    /// <summary>y = sum over rows of weights[i] * matrix[i], for rows <paramref name="first"/> on and the columns from <paramref name="column"/> (a multiple of eight) on; y starts at that column. One chain over the rows, four of them a pass.</summary>
    public static void WeightedSum(Span<double> y, ReadOnlySpan<double> weights, DoubleMatrix matrix, int first, int column)
    {
        var width = matrix.Stride - column;
        y = y[..width];
        y.Clear();
        ref var ry = ref y[0];
        var row = first;
        for (; row + 4 <= matrix.Rows; row += 4)
        {
            ref var r0 = ref matrix.Values[(row * matrix.Stride) + column];
            ref var r1 = ref Unsafe.Add(ref r0, matrix.Stride);
            ref var r2 = ref Unsafe.Add(ref r1, matrix.Stride);
            ref var r3 = ref Unsafe.Add(ref r2, matrix.Stride);
            var (w0, w1, w2, w3) = (Vector512.Create(weights[row]), Vector512.Create(weights[row + 1]), Vector512.Create(weights[row + 2]), Vector512.Create(weights[row + 3]));
            for (var i = 0; i < width; i += Lanes)
            {
                var sum = Vector512.FusedMultiplyAdd(w1, At(ref r1, i), Vector512.FusedMultiplyAdd(w0, At(ref r0, i), At(ref ry, i)));
                Vector512.FusedMultiplyAdd(w3, At(ref r3, i), Vector512.FusedMultiplyAdd(w2, At(ref r2, i), sum)).StoreUnsafe(ref ry, (nuint)i);
            }
        }

        for (; row < matrix.Rows; row++)
        {
            AddScaled(y, weights[row], matrix.Row(row)[column..]);
        }
    }

    /// <summary>x[i] = matrix[i] . u for rows <paramref name="first"/> on, over the columns from <paramref name="column"/> (a multiple of eight) on; u starts at that column. Four rows a pass.</summary>
    public static void Dots(Span<double> x, DoubleMatrix matrix, int first, int column, ReadOnlySpan<double> u)
    {
        var width = matrix.Stride - column;
        ref var ru = ref Unsafe.AsRef(in u[..width][0]);
        var row = first;
        for (; row + 4 <= matrix.Rows; row += 4)
        {
            ref var r0 = ref matrix.Values[(row * matrix.Stride) + column];
            ref var r1 = ref Unsafe.Add(ref r0, matrix.Stride);
            ref var r2 = ref Unsafe.Add(ref r1, matrix.Stride);
            ref var r3 = ref Unsafe.Add(ref r2, matrix.Stride);
            var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            for (var i = 0; i < width; i += Lanes)
            {
                var w = At(ref ru, i);
                s0 = Vector512.FusedMultiplyAdd(At(ref r0, i), w, s0);
                s1 = Vector512.FusedMultiplyAdd(At(ref r1, i), w, s1);
                s2 = Vector512.FusedMultiplyAdd(At(ref r2, i), w, s2);
                s3 = Vector512.FusedMultiplyAdd(At(ref r3, i), w, s3);
            }

            (x[row], x[row + 1], x[row + 2], x[row + 3]) = (Sum(s0), Sum(s1), Sum(s2), Sum(s3));
        }

        for (; row < matrix.Rows; row++)
        {
            var sum = Vector512<double>.Zero;
            ref var r = ref matrix.Values[(row * matrix.Stride) + column];
            for (var i = 0; i < width; i += Lanes)
            {
                sum = Vector512.FusedMultiplyAdd(At(ref r, i), At(ref ru, i), sum);
            }

            x[row] = Sum(sum);
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
