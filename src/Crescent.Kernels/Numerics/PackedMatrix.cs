namespace Crescent.Kernels.Numerics;

/// <summary>The right operand B[k, n] of products, packed once and used by many rows.</summary>
internal sealed unsafe class PackedMatrix(int k, int n)
{
    private const int DepthBlock = 256;
    private readonly AlignedBuffer panels = new((long)Panels.Wide(n) * MicroKernel.Columns * k);

    /// <summary>Takes B from rows of [k, n].</summary>
    public void Pack(float* source) => Panels.PackWide(source, n, k, n, panels.Start, (nint)k * MicroKernel.Columns);

    /// <summary>Takes B as the transpose of rows of [n, k].</summary>
    public void PackTransposed(float* source) => Panels.PackWideTransposed(source, k, k, n, panels.Start, (nint)k * MicroKernel.Columns);

    /// <summary>C[rows, n] (+)= A[rows, k] B; one chain over k an element, from C when accumulating.</summary>
    public void Multiply(int rows, float* a, int lda, float* c, int ldc, bool accumulate)
    {
        for (var k0 = 0; k0 < k; k0 += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, k - k0);
            for (var j = 0; j < n; j += MicroKernel.Columns)
            {
                var panel = panels.Start + (nint)j * k + (nint)k0 * MicroKernel.Columns;
                for (var i = 0; i < rows; i += MicroKernel.Rows)
                {
                    MicroKernel.Tile(
                        Math.Min(MicroKernel.Rows, rows - i), Math.Min(MicroKernel.Columns, n - j), depth, a + (nint)i * lda + k0, lda, 1, panel, c + (nint)i * ldc + j, ldc, accumulate || k0 > 0);
                }
            }
        }
    }
}
