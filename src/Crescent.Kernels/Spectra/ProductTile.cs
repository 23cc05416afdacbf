using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// A tile C[8, 16] of a product in double precision. Each element is one chain of fused multiply-adds over k in rising order that starts from C or from zero, so that its bits depend on the operands alone.
/// </summary>
internal static unsafe class ProductTile
{
    public const int Rows = 8;
    public const int Columns = 16;

    /// <summary>C[rows, columns] (+)= A B.</summary>
    /// <param name="rows">1 to 8 rows that exist.</param>
    /// <param name="columns">1 to 16 columns that exist.</param>
    /// <param name="a">Element (i, k) at <c>a[i * rowStride + k * stepStride]</c>.</param>
    /// <param name="b">A panel: element (k, j) at <c>b[16 k + j]</c>, 16 columns always.</param>
    public static void Run(int rows, int columns, int k, double* a, nint rowStride, nint stepStride, double* b, double* c, nint ldc, bool accumulate)
    {
        if (rows == Rows && columns == Columns)
        {
            Full(Rows - 1, k, a, rowStride, stepStride, b, c, ldc, accumulate);
            return;
        }

        var tile = stackalloc double[Rows * Columns];
        if (accumulate)
        {
            for (var i = 0; i < rows; i++)
            {
                new ReadOnlySpan<double>(c + (i * ldc), columns).CopyTo(new Span<double>(tile + (i * Columns), columns));
            }
        }

        Full(rows - 1, k, a, rowStride, stepStride, b, tile, Columns, accumulate);
        for (var i = 0; i < rows; i++)
        {
            new ReadOnlySpan<double>(tile + (i * Columns), columns).CopyTo(new Span<double>(c + (i * ldc), columns));
        }
    }

    /// <summary>All 8 x 16 elements of C are read and written; rows beyond <paramref name="lastRow"/> repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Full(int lastRow, int k, double* a, nint rowStride, nint stepStride, double* b, double* c, nint ldc, bool accumulate)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            for (var i = 0; i < Rows; i += 4)
            {
                for (var j = 0; j < Columns; j += 8)
                {
                    Quarter(Math.Clamp(lastRow - i, 0, 3), k, a + (Math.Min(i, lastRow) * rowStride), rowStride, stepStride, b + j, c + (i * ldc) + j, ldc, accumulate);
                }
            }

            return;
        }

        double* a0 = a, a1 = a + (Math.Min(1, lastRow) * rowStride), a2 = a + (Math.Min(2, lastRow) * rowStride), a3 = a + (Math.Min(3, lastRow) * rowStride);
        double* a4 = a + (Math.Min(4, lastRow) * rowStride), a5 = a + (Math.Min(5, lastRow) * rowStride), a6 = a + (Math.Min(6, lastRow) * rowStride), a7 = a + (Math.Min(7, lastRow) * rowStride);
        Vector512<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<double> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        if (accumulate)
        {
            (c00, c01) = (Vector512.Load(c), Vector512.Load(c + 8));
            (c10, c11) = (Vector512.Load(c + ldc), Vector512.Load(c + ldc + 8));
            (c20, c21) = (Vector512.Load(c + (2 * ldc)), Vector512.Load(c + (2 * ldc) + 8));
            (c30, c31) = (Vector512.Load(c + (3 * ldc)), Vector512.Load(c + (3 * ldc) + 8));
            (c40, c41) = (Vector512.Load(c + (4 * ldc)), Vector512.Load(c + (4 * ldc) + 8));
            (c50, c51) = (Vector512.Load(c + (5 * ldc)), Vector512.Load(c + (5 * ldc) + 8));
            (c60, c61) = (Vector512.Load(c + (6 * ldc)), Vector512.Load(c + (6 * ldc) + 8));
            (c70, c71) = (Vector512.Load(c + (7 * ldc)), Vector512.Load(c + (7 * ldc) + 8));
        }

        nint at = 0;
        for (var end = b + ((nint)k * Columns); b < end; b += Columns)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 8);
            var v = Vector512.Create(a0[at]);
            c00 = Vector512.FusedMultiplyAdd(v, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(v, b1, c01);
            v = Vector512.Create(a1[at]);
            c10 = Vector512.FusedMultiplyAdd(v, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(v, b1, c11);
            v = Vector512.Create(a2[at]);
            c20 = Vector512.FusedMultiplyAdd(v, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(v, b1, c21);
            v = Vector512.Create(a3[at]);
            c30 = Vector512.FusedMultiplyAdd(v, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(v, b1, c31);
            v = Vector512.Create(a4[at]);
            c40 = Vector512.FusedMultiplyAdd(v, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(v, b1, c41);
            v = Vector512.Create(a5[at]);
            c50 = Vector512.FusedMultiplyAdd(v, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(v, b1, c51);
            v = Vector512.Create(a6[at]);
            c60 = Vector512.FusedMultiplyAdd(v, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(v, b1, c61);
            v = Vector512.Create(a7[at]);
            c70 = Vector512.FusedMultiplyAdd(v, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(v, b1, c71);
            at += stepStride;
        }

        Store(c, c00, c01);
        Store(c + ldc, c10, c11);
        Store(c + (2 * ldc), c20, c21);
        Store(c + (3 * ldc), c30, c31);
        Store(c + (4 * ldc), c40, c41);
        Store(c + (5 * ldc), c50, c51);
        Store(c + (6 * ldc), c60, c61);
        Store(c + (7 * ldc), c70, c71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* c, Vector512<double> left, Vector512<double> right)
    {
        left.Store(c);
        right.Store(c + 8);
    }

    /// <summary>4 x 8 elements on four-lane registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quarter(int lastRow, int k, double* a, nint rowStride, nint stepStride, double* b, double* c, nint ldc, bool accumulate)
    {
        double* a0 = a, a1 = a + (Math.Min(1, lastRow) * rowStride), a2 = a + (Math.Min(2, lastRow) * rowStride), a3 = a + (Math.Min(3, lastRow) * rowStride);
        Vector256<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        if (accumulate)
        {
            (c00, c01) = (Vector256.Load(c), Vector256.Load(c + 4));
            (c10, c11) = (Vector256.Load(c + ldc), Vector256.Load(c + ldc + 4));
            (c20, c21) = (Vector256.Load(c + (2 * ldc)), Vector256.Load(c + (2 * ldc) + 4));
            (c30, c31) = (Vector256.Load(c + (3 * ldc)), Vector256.Load(c + (3 * ldc) + 4));
        }

        nint at = 0;
        for (var end = b + ((nint)k * Columns); b < end; b += Columns)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 4);
            var v = Vector256.Create(a0[at]);
            c00 = Vector256.FusedMultiplyAdd(v, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(v, b1, c01);
            v = Vector256.Create(a1[at]);
            c10 = Vector256.FusedMultiplyAdd(v, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(v, b1, c11);
            v = Vector256.Create(a2[at]);
            c20 = Vector256.FusedMultiplyAdd(v, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(v, b1, c21);
            v = Vector256.Create(a3[at]);
            c30 = Vector256.FusedMultiplyAdd(v, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(v, b1, c31);
            at += stepStride;
        }

        c00.Store(c);
        c01.Store(c + 4);
        c10.Store(c + ldc);
        c11.Store(c + ldc + 4);
        c20.Store(c + (2 * ldc));
        c21.Store(c + (2 * ldc) + 4);
        c30.Store(c + (3 * ldc));
        c31.Store(c + (3 * ldc) + 4);
    }
}
