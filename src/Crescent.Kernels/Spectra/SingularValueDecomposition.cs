namespace Crescent.Kernels.Spectra;

/// <summary>
/// W = sum over i of sigma_i u_i v_i^T in double precision, the same bits on every machine. Values fall; the component of u_i that is largest in magnitude (the first on ties) is positive.
/// Inside a cluster of near-equal values the vectors are one basis of many: compare subspaces, not vectors.
/// </summary>
/// <param name="Values">min(m, n) singular values.</param>
/// <param name="Left">u_i as rows [min(m, n), m].</param>
/// <param name="Right">v_i as rows [min(m, n), n].</param>
public sealed record SingularValueDecomposition(double[] Values, DoubleMatrix Left, DoubleMatrix Right)
{
    /// <exception cref="CrescentException"><c>not-finite</c>: the matrix holds an infinity or a NaN.</exception>
    public static SingularValueDecomposition Of(DoubleMatrix matrix) => Of(matrix, int.MaxValue);

    /// <summary>The same with only the first <paramref name="coordinates"/> coordinates of each vector, which saves most of the rotations.</summary>
    internal static SingularValueDecomposition Of(DoubleMatrix matrix, int coordinates)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (work, exponent) = Normalised(matrix);
        var reduced = new Bidiagonalization(work);
        var (values, left, right) = (reduced.Diagonal, reduced.LeftRows().FirstColumns(coordinates), reduced.RightRows().FirstColumns(coordinates));
        new BidiagonalQr(values, reduced.Above, left, right).Run();
        return matrix.Rows >= matrix.Columns ? Ordered(values, exponent, left, right) : Ordered(values, exponent, right, left);
    }

    /// <summary>Singular values alone, falling; about a third of the work.</summary>
    public static double[] ValuesOf(DoubleMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (work, exponent) = Normalised(matrix);
        var reduced = new Bidiagonalization(work);
        new BidiagonalQr(reduced.Diagonal, reduced.Above, null, null).Run();
        var values = reduced.Diagonal.Select(value => Math.ScaleB(Math.Abs(value), exponent)).ToArray();
        Array.Sort(values);
        Array.Reverse(values);
        return values;
    }

    /// <summary>sum over the first <paramref name="rank"/> i of values[i] u_i v_i^T.</summary>
    public DoubleMatrix Compose(ReadOnlySpan<double> values, int rank)
    {
        var scaled = Right.Head(rank).ScaleRows(values[..rank]);
        return Left.Head(rank).Transposed().Times(scaled);
    }

    /// <summary>A tall copy scaled by a power of two so that its largest entry is near 1: exact, and squares then neither overflow nor vanish.</summary>
    private static (DoubleMatrix Work, int Exponent) Normalised(DoubleMatrix matrix)
    {
        var largest = 0.0;
        foreach (var value in matrix.Values)
        {
            if (!double.IsFinite(value))
            {
                throw new CrescentException("not-finite", "The matrix holds a value that is not a number. The training run that made it diverged, or the file is damaged.");
            }

            largest = Math.Max(largest, Math.Abs(value));
        }

        var exponent = largest > 0 ? Math.ILogB(largest) : 0;
        var work = matrix.Rows >= matrix.Columns ? matrix.Copy() : matrix.Transposed();
        foreach (ref var value in work.Values.AsSpan())
        {
            value = Math.ScaleB(value, -exponent);
        }

        return (work, exponent);
    }

    private static SingularValueDecomposition Ordered(double[] values, int exponent, DoubleMatrix left, DoubleMatrix right)
    {
        var order = Enumerable.Range(0, values.Length).OrderByDescending(index => Math.Abs(values[index])).ToArray();
        var sorted = new double[values.Length];
        var (orderedLeft, orderedRight) = (new DoubleMatrix(left.Rows, left.Columns), new DoubleMatrix(right.Rows, right.Columns));
        for (var i = 0; i < order.Length; i++)
        {
            var from = order[i];
            sorted[i] = Math.ScaleB(Math.Abs(values[from]), exponent);
            var sign = LargestIsPositive(left.Row(from)) ? 1.0 : -1.0;
            Rows.AddScaled(orderedLeft.Row(i), sign, left.Row(from));
            Rows.AddScaled(orderedRight.Row(i), values[from] < 0 ? -sign : sign, right.Row(from));
        }

        return new SingularValueDecomposition(sorted, orderedLeft, orderedRight);
    }

    private static bool LargestIsPositive(ReadOnlySpan<double> row)
    {
        var largest = 0;
        for (var i = 1; i < row.Length; i++)
        {
            largest = Math.Abs(row[i]) > Math.Abs(row[largest]) ? i : largest;
        }

        return row[largest] >= 0;
    }
}
