namespace Crescent.Kernels.Spectra;

/// <summary>
/// Householder reduction A = Q B P^T to upper bidiagonal form (Golub and Kahan, 1965), in blocks of columns (Dongarra, Sorensen and Hammarling, 1989): inside a block the matrix stays as it was,
/// A_now = A - V Y - X U with a row of Y and U and a column of V and X for each step done; after it both updates are one product.
/// </summary>
internal sealed unsafe class Bidiagonalization
{
    private const int Block = 32;

    private readonly DoubleMatrix work;
    private readonly DoubleMatrix leftReflectors;
    private readonly DoubleMatrix rightReflectors;
    private readonly double[] leftTau;
    private readonly double[] rightTau;

    /// <summary>V's columns (those of the left reflectors) and X's as rows: 2 x Block rows of length m, V at even places.</summary>
    private readonly DoubleMatrix tall;

    /// <summary>Y's rows and U's (those of the right reflectors), of length n, in the same places.</summary>
    private readonly DoubleMatrix wide;

    /// <param name="work">m x n, m at least n; overwritten.</param>
    public Bidiagonalization(DoubleMatrix work)
    {
        this.work = work;
        var (m, n) = (work.Rows, work.Columns);
        leftReflectors = new DoubleMatrix(n, m);
        rightReflectors = new DoubleMatrix(n, n);
        (leftTau, rightTau, Diagonal, Above) = (new double[n], new double[n], new double[n], new double[n]);
        (tall, wide) = (new DoubleMatrix(2 * Block, m), new DoubleMatrix(2 * Block, n));
        for (var first = 0; first < n; first += Block)
        {
            var count = Math.Min(Block, n - first);
            for (var done = 0; done < count; done++)
            {
                Step(first + done, done);
            }

            var end = first + count;
            if (end < n)
            {
                Update(end, count);
            }
        }
    }

    /// <summary>B[k, k].</summary>
    public double[] Diagonal { get; }

    /// <summary>B[k, k + 1]; the last is 0.</summary>
    public double[] Above { get; }

    /// <summary>The first n columns of Q, as rows [n, m].</summary>
    public DoubleMatrix LeftRows() => new BlockReflections(leftReflectors, leftTau, 0).Columns();

    /// <summary>P, its columns as rows [n, n].</summary>
    public DoubleMatrix RightRows() => new BlockReflections(rightReflectors, rightTau, 1).Columns();

    private void Step(int k, int done)
    {
        var (m, n) = (work.Rows, work.Columns);

        // Column k as it is now, from row k on.
        var rows = k / Rows.Lanes * Rows.Lanes;
        var v = leftReflectors.Row(k);
        for (var i = k; i < m; i++)
        {
            v[i] = work.Values[(i * work.Stride) + k];
        }

        for (var j = 0; j < 2 * done; j++)
        {
            Rows.AddScaled(v[rows..], -wide[j, k], tall.Row(j)[rows..]);
        }

        v[rows..k].Clear();
        (Diagonal[k], leftTau[k]) = Householder.Reflector(v, k);
        if (k == n - 1)
        {
            return;
        }

        // y = tau A_now^T v and row k, from column k + 1 on; u is 0 before it.
        var columns = (k + 1) / Rows.Lanes * Rows.Lanes;
        var y = wide.Row(2 * done)[columns..];
        Rows.WeightedSum(y, v, work, k, columns);
        var u = rightReflectors.Row(k)[columns..];
        work.Row(k)[columns..].CopyTo(u);
        for (var j = 0; j < 2 * done; j++)
        {
            Rows.AddScaled(y, -Rows.Dot(tall.Row(j)[rows..], v[rows..]), wide.Row(j)[columns..]);
            Rows.AddScaled(u, -tall[j, k], wide.Row(j)[columns..]);
        }

        Scale(y, leftTau[k]);
        y[..(k + 1 - columns)].Clear();
        v.CopyTo(tall.Row(2 * done));
        Rows.AddScaled(u, -v[k], y);
        u[..(k + 1 - columns)].Clear();
        (Above[k], rightTau[k]) = Householder.Reflector(rightReflectors.Row(k), k + 1);

        // x = tau A_now u, from row k + 1 on; the step's own V Y is among what has been done.
        rightReflectors.Row(k).CopyTo(wide.Row((2 * done) + 1));
        var x = tall.Row((2 * done) + 1);
        x.Clear();
        Rows.Dots(x, work, k + 1, columns, u);
        rows = (k + 1) / Rows.Lanes * Rows.Lanes;
        for (var j = 0; j < (2 * done) + 1; j++)
        {
            Rows.AddScaled(x[rows..], -Rows.Dot(wide.Row(j)[columns..], u), tall.Row(j)[rows..]);
        }

        Scale(x[rows..], rightTau[k]);
        x[rows..(k + 1)].Clear();
    }

    /// <summary>A -= V Y + X U on what is left after a block.</summary>
    private void Update(int end, int count)
    {
        fixed (double* a = work.Values, t = tall.Values, w = wide.Values)
        {
            DoubleProduct.Run(
                work.Rows - end, work.Columns - end, 2 * count, new Operand(t, tall.Stride, 1).From(0, end).Transposed, new Operand(w, wide.Stride, 1).From(0, end), new Operand(a, work.Stride, 1).From(end, end),
                Accumulation.Subtract);
        }
    }

    private static void Scale(Span<double> values, double factor)
    {
        foreach (ref var value in values)
        {
            value *= factor;
        }
    }
}
