namespace Crescent.Kernels.Spectra;

/// <summary>A = Q R of a tall matrix by Householder reflections, in blocks of columns.</summary>
internal sealed unsafe class TallReduction
{
    private readonly DoubleMatrix reflectors;
    private readonly double[] tau;

    /// <param name="work">m x n, m over n; overwritten.</param>
    public TallReduction(DoubleMatrix work)
    {
        var (m, n) = (work.Rows, work.Columns);
        (reflectors, tau, Triangle) = (new DoubleMatrix(n, m), new double[n], new DoubleMatrix(n, n));
        var blocks = new BlockReflections(reflectors, tau, 0);
        var inner = new double[BlockReflections.Block * work.Stride];
        var turned = new double[BlockReflections.Block * work.Stride];
        for (var first = 0; first < n; first += BlockReflections.Block)
        {
            var count = Math.Min(BlockReflections.Block, n - first);
            Factor(work, first, count);
            var rest = n - first - count;
            if (rest == 0)
            {
                break;
            }

            fixed (double* a = work.Values, v = reflectors.Values, w = inner, z = turned, t = blocks.Triangle(first, count))
            {
                // A -= V (T^T (V^T A)).
                var target = new Operand(a, work.Stride, 1).From(first, first + count);
                var own = new Operand(v, reflectors.Stride, 1).From(first, first);
                var (ow, oz) = (new Operand(w, work.Stride, 1), new Operand(z, work.Stride, 1));
                DoubleProduct.Run(count, rest, m - first, own, target, ow, Accumulation.Set);
                DoubleProduct.Run(count, rest, count, new Operand(t, 1, BlockReflections.Block), ow, oz, Accumulation.Set);
                DoubleProduct.Run(m - first, rest, count, own.Transposed, oz, target, Accumulation.Subtract);
            }
        }

        for (var i = 0; i < n; i++)
        {
            work.Row(i)[i..n].CopyTo(Triangle.Row(i)[i..]);
        }
    }

    /// <summary>R [n, n].</summary>
    public DoubleMatrix Triangle { get; }

    /// <summary>Rows [k, n] that R's left singular vectors are in, carried over to those of A: [k, m].</summary>
    public DoubleMatrix Carry(DoubleMatrix rows)
    {
        var carried = new DoubleMatrix(rows.Rows, reflectors.Columns);
        for (var i = 0; i < rows.Rows; i++)
        {
            rows.Row(i)[..rows.Columns].CopyTo(carried.Row(i));
        }

        new BlockReflections(reflectors, tau, 0).ApplyTo(carried);
        return carried;
    }

    /// <summary>Reduces columns first .. first + count, kept as rows while at it, and writes R's part of them back.</summary>
    private void Factor(DoubleMatrix work, int first, int count)
    {
        for (var j = 0; j < count; j++)
        {
            var row = reflectors.Row(first + j);
            for (var i = first; i < work.Rows; i++)
            {
                row[i] = work.Values[(i * work.Stride) + first + j];
            }
        }

        for (var j = 0; j < count; j++)
        {
            var k = first + j;
            var own = reflectors.Row(k);
            for (var i = first; i < k; i++)
            {
                work[i, k] = own[i];
                own[i] = 0;
            }

            (var beta, tau[k]) = Householder.Reflector(own, k);
            work[k, k] = beta;
            var start = k / Rows.Lanes * Rows.Lanes;
            for (var later = j + 1; later < count; later++)
            {
                var other = reflectors.Row(first + later)[start..];
                // What of the other row lies before k belongs to R; v is 0 there and leaves it.
                Rows.AddScaled(other, -tau[k] * Rows.Dot(other, own[start..]), own[start..]);
            }
        }
    }
}
