namespace Crescent.Kernels.Numerics;

/// <summary>
/// Accumulates C[m, n] += A^T B over a block of tokens, A[tokens, m] and B[tokens, n]: the gradient of a weight matrix. Token by token in order, so that splitting the tokens over blocks changes nothing.
/// Operands are packed by whoever makes them, each its own tokens; then strips of C are independent tasks.
/// </summary>
internal sealed unsafe class OuterProduct(int m, int n)
{
    private const int DepthBlock = 256;
    private const int StripElements = 8192;
    private AlignedBuffer? left, right;
    private float* a, b;
    private nint capacity;

    /// <summary>Rows of C a task covers.</summary>
    private readonly int strip = Math.Max(1, StripElements / n / MicroKernel.Rows) * MicroKernel.Rows;

    /// <summary>How many tasks <see cref="Run"/> takes.</summary>
    public int Tasks => (m + strip - 1) / strip;

    /// <summary>Makes room for a block of tokens.</summary>
    public void Reserve(int tokens)
    {
        capacity = Math.Max(capacity, tokens);
        a = AlignedBuffer.Grow(ref left, (long)Panels.Narrow(m) * MicroKernel.Rows * capacity);
        b = AlignedBuffer.Grow(ref right, (long)Panels.Wide(n) * MicroKernel.Columns * capacity);
    }

    /// <summary>Takes rows of A for tokens from <paramref name="token"/> of the block.</summary>
    public void PackLeft(int token, int tokens, float* source, int ld) =>
        Panels.PackNarrow(source, ld, tokens, m, a + (nint)token * MicroKernel.Rows, capacity * MicroKernel.Rows);

    /// <summary>Takes rows of B.</summary>
    public void PackRight(int token, int tokens, float* source, int ld) =>
        Panels.PackWide(source, ld, tokens, n, b + (nint)token * MicroKernel.Columns, capacity * MicroKernel.Columns);

    /// <summary>Adds all tokens' products to one strip of C.</summary>
    public void Run(int task, int tokens, float* c)
    {
        var end = Math.Min(m, (task + 1) * strip);
        for (var k0 = 0; k0 < tokens; k0 += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, tokens - k0);
            for (var j = 0; j < n; j += MicroKernel.Columns)
            {
                var panel = b + j * capacity + (nint)k0 * MicroKernel.Columns;
                for (var i = task * strip; i < end; i += MicroKernel.Rows)
                {
                    MicroKernel.Tile(
                        Math.Min(MicroKernel.Rows, end - i), Math.Min(MicroKernel.Columns, n - j), depth, a + i * capacity + (nint)k0 * MicroKernel.Rows, 1, MicroKernel.Rows, panel, c + (nint)i * n + j, n, true);
                }
            }
        }
    }
}
