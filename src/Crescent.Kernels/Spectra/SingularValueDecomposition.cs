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
    /// <summary>From this many times as tall as wide on, a matrix is first reduced to its triangle.</summary>
    internal const double Tall = 1.5;

    /// <exception cref="CrescentException"><c>not-finite</c>: the matrix holds an infinity or a NaN.</exception>
    public static SingularValueDecomposition Of(DoubleMatrix matrix) => Of(matrix, int.MaxValue);

    /// <summary>The same with only the first <paramref name="coordinates"/> coordinates of each vector, which saves most of the rotations.</summary>
    internal static SingularValueDecomposition Of(DoubleMatrix matrix, int coordinates)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (work, exponent) = Normalised(matrix);
        var tall = Reduced(work);
        var reduced = new Bidiagonalization(tall?.Triangle ?? work);
        var (left, right) = (reduced.LeftRows(), reduced.RightRows().FirstColumns(coordinates));

        // Short rows are cheaper to turn: whole ones are carried over to the tall matrix afterwards, leading coordinates before.
        var before = coordinates < left.Columns;
        left = (before ? tall?.Carry(left) ?? left : left).FirstColumns(coordinates);
        var (leftPanels, rightPanels) = (new RotationPanels(left), new RotationPanels(right));
        var values = reduced.Diagonal;
        new BidiagonalQr(values, reduced.Above, leftPanels, rightPanels).Run();
        var order = Enumerable.Range(0, values.Length).OrderByDescending(index => Math.Abs(values[index])).ToArray();
        (left, right) = (leftPanels.ToMatrix(order, left.Columns), rightPanels.ToMatrix(order, right.Columns));
        left = before ? left : tall?.Carry(left) ?? left;
        var signed = Array.ConvertAll(order, index => Math.ScaleB(values[index], exponent));
        return matrix.Rows >= matrix.Columns ? Signed(signed, left, right) : Signed(signed, right, left);
    }

    /// <summary>Singular values alone, falling; about a third of the work.</summary>
    public static double[] ValuesOf(DoubleMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var (work, exponent) = Normalised(matrix);
        var reduced = new Bidiagonalization(Reduced(work)?.Triangle ?? work);
        new BidiagonalQr(reduced.Diagonal, reduced.Above, null, null).Run();
        var values = reduced.Diagonal.Select(value => Math.ScaleB(Math.Abs(value), exponent)).ToArray();
        Array.Sort(values);
        Array.Reverse(values);
        return values;
    }

    private static TallReduction? Reduced(DoubleMatrix work) => work.Rows >= Tall * work.Columns ? new TallReduction(work) : null;

    /// <summary>sum over the first <paramref name="rank"/> i of values[i] u_i v_i^T.</summary>
    public DoubleMatrix Compose(ReadOnlySpan<double> values, int rank)
    {
        var scaled = Right.Head(rank).ScaleRows(values[..rank]);
        return Left.Head(rank).TransposedTimes(scaled);
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

    /// <summary>Values become positive, and so does the largest component of each left vector.</summary>
    private static SingularValueDecomposition Signed(double[] values, DoubleMatrix left, DoubleMatrix right)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var positive = LargestIsPositive(left.Row(i));
            Turn(left.Row(i), !positive);
            Turn(right.Row(i), positive == values[i] < 0);
            values[i] = Math.Abs(values[i]);
        }

        return new SingularValueDecomposition(values, left, right);

        static void Turn(Span<double> row, bool turn)
        {
            for (var j = 0; turn && j < row.Length; j++)
            {
                row[j] = -row[j];
            }
        }
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
