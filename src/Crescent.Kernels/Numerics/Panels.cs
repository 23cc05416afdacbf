using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Numerics;

/// <summary>Lays operands out for <see cref="MicroKernel"/>: wide panels [k, 32] of a right operand, narrow panels [k, 8] of a transposed left one. Missing columns are zero.</summary>
internal static unsafe class Panels
{
    /// <summary>Panels of 32 that <paramref name="columns"/> take.</summary>
    public static int Wide(int columns) => (columns + MicroKernel.Columns - 1) / MicroKernel.Columns;

    /// <summary>Panels of 8 that <paramref name="rows"/> take.</summary>
    public static int Narrow(int rows) => (rows + MicroKernel.Rows - 1) / MicroKernel.Rows;

    /// <summary>B[k, n], stored row by row, to wide panels that lie <paramref name="panelStride"/> floats apart.</summary>
    public static void PackWide(float* source, int ld, int k, int n, float* target, nint panelStride)
    {
        for (var j = 0; j < n; j += MicroKernel.Columns, target += panelStride)
        {
            var width = Math.Min(MicroKernel.Columns, n - j);
            for (var x = 0; x < k; x++)
            {
                var from = source + (nint)x * ld + j;
                var to = target + (nint)x * MicroKernel.Columns;
                Lanes.Load(from, width).Store(to);
                (width > Lanes.Count ? Lanes.Load(from + Lanes.Count, width - Lanes.Count) : Vector512<float>.Zero).Store(to + Lanes.Count);
            }
        }
    }

    /// <summary>B[k, n] = S^T, with S[n, k] stored row by row, to wide panels.</summary>
    public static void PackWideTransposed(float* source, int ld, int k, int n, float* target, nint panelStride)
    {
        for (var j = 0; j < n; j += MicroKernel.Columns, target += panelStride)
        {
            var width = Math.Min(MicroKernel.Columns, n - j);
            if (width < MicroKernel.Columns)
            {
                new Span<float>(target, k * MicroKernel.Columns).Clear();
            }

            for (var y = 0; y < width; y++)
            {
                var from = source + (nint)(j + y) * ld;
                var to = target + y;
                for (var x = 0; x < k; x++)
                {
                    to[(nint)x * MicroKernel.Columns] = from[x];
                }
            }
        }
    }

    /// <summary>A^T[m, k], with A[k, m] stored row by row, to narrow panels that lie <paramref name="panelStride"/> floats apart.</summary>
    public static void PackNarrow(float* source, int ld, int k, int m, float* target, nint panelStride)
    {
        for (var i = 0; i < m; i += MicroKernel.Rows, target += panelStride)
        {
            var width = Math.Min(MicroKernel.Rows, m - i);
            for (var x = 0; x < k; x++)
            {
                var from = source + (nint)x * ld + i;
                var to = target + (nint)x * MicroKernel.Rows;
                if (width == MicroKernel.Rows)
                {
                    Vector256.Load(from).Store(to);
                    continue;
                }

                for (var y = 0; y < MicroKernel.Rows; y++)
                {
                    to[y] = y < width ? from[y] : 0;
                }
            }
        }
    }
}
