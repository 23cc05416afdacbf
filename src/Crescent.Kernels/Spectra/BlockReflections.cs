namespace Crescent.Kernels.Spectra;

/// <summary>
/// Reflections H_k = I - tau_k v_k v_k^T, v_k zero before index k + shift, applied in blocks: H_a ... H_(b-1) = I - V T V^T with T upper triangular (Schreiber and Van Loan, 1989).
/// </summary>
/// <param name="vectors">v_k as rows.</param>
internal sealed unsafe class BlockReflections(DoubleMatrix vectors, double[] tau, int shift)
{
    public const int Block = 32;

    /// <summary>The leading columns of H_0 H_1 ... as rows: row r is e_r^T H_r ... H_0, since the reflections after r leave e_r alone.</summary>
    public DoubleMatrix Columns()
    {
        var rows = new DoubleMatrix(vectors.Rows, vectors.Columns);
        for (var r = 0; r < rows.Rows; r++)
        {
            rows[r, r] = 1;
        }

        ApplyTo(rows, leading: true);
        return rows;
    }

    /// <summary>rows becomes rows (H_0 H_1 ...)^T, in place.</summary>
    /// <param name="leading">True where row r is zero before index r, which saves work.</param>
    public void ApplyTo(DoubleMatrix rows, bool leading = false)
    {
        fixed (double* r = rows.Values, v = vectors.Values)
        {
            var inner = new double[rows.Rows * Block];
            var turned = new double[rows.Rows * Block];
            fixed (double* w = inner, z = turned)
            {
                for (var first = (vectors.Rows - 1) / Block * Block; first >= 0; first -= Block)
                {
                    var count = Math.Min(Block, vectors.Rows - first);
                    var column = first + shift;
                    var top = leading ? Math.Min(first, rows.Rows) : 0;
                    var (height, width) = (rows.Rows - top, rows.Columns - column);
                    if (width <= 0 || height == 0)
                    {
                        continue;
                    }

                    // R -= ((R V) T^T) V^T.
                    var target = new Operand(r, rows.Stride, 1).From(top, column);
                    var reflectors = new Operand(v, vectors.Stride, 1).From(first, column);
                    DoubleProduct.Run(height, count, width, target, reflectors.Transposed, new Operand(w, Block, 1), Accumulation.Set);
                    fixed (double* t = Triangle(first, count))
                    {
                        DoubleProduct.Run(height, count, count, new Operand(w, Block, 1), new Operand(t, 1, Block), new Operand(z, Block, 1), Accumulation.Set);
                    }

                    DoubleProduct.Run(height, width, count, new Operand(z, Block, 1), reflectors, target, Accumulation.Subtract);
                }
            }
        }
    }

    /// <summary>T of the reflections from <paramref name="first"/> on, [count, Block]: T_ii = tau_i, column i above it -tau_i T (V^T v_i).</summary>
    public double[] Triangle(int first, int count)
    {
        var triangle = new double[Block * Block];
        var start = (first + shift) / Rows.Lanes * Rows.Lanes;
        Span<double> products = stackalloc double[Block];
        for (var i = 0; i < count; i++)
        {
            var own = vectors.Row(first + i)[start..];
            for (var j = 0; j < i; j++)
            {
                products[j] = Rows.Dot(vectors.Row(first + j)[start..], own);
            }

            for (var row = 0; row < i; row++)
            {
                var sum = 0.0;
                for (var j = row; j < i; j++)
                {
                    sum = Math.FusedMultiplyAdd(triangle[(row * Block) + j], products[j], sum);
                }

                triangle[(row * Block) + i] = -tau[first + i] * sum;
            }

            triangle[(i * Block) + i] = tau[first + i];
        }

        return triangle;
    }
}
