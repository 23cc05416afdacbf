namespace Crescent.Kernels.Spectra;

/// <summary>Householder reduction A = Q B P^T of a tall matrix to upper bidiagonal form (Golub and Kahan, 1965), with both updates of a step in one pass over the matrix.</summary>
internal sealed class Bidiagonalization
{
    private readonly DoubleMatrix leftReflectors;
    private readonly DoubleMatrix rightReflectors;
    private readonly double[] leftTau;
    private readonly double[] rightTau;

    /// <param name="work">m x n, m at least n; overwritten.</param>
    public Bidiagonalization(DoubleMatrix work)
    {
        var (m, n) = (work.Rows, work.Columns);
        leftReflectors = new DoubleMatrix(n, m);
        rightReflectors = new DoubleMatrix(n, n);
        (leftTau, rightTau, Diagonal, Above) = (new double[n], new double[n], new double[n], new double[n]);
        var y = new double[work.Stride];
        for (var k = 0; k < n; k++)
        {
            var v = leftReflectors.Row(k);
            for (var i = k; i < m; i++)
            {
                v[i] = work.Values[(i * work.Stride) + k];
            }

            (Diagonal[k], leftTau[k]) = Householder.Reflector(v, k);
            if (k == n - 1)
            {
                break;
            }

            // Columns from the vector that holds k + 1 on; y and u are 0 before k + 1.
            var start = (k + 1) / Rows.Lanes * Rows.Lanes;
            Rows.WeightedSum(y, v, work, k, start);
            y.AsSpan(start, k + 1 - start).Clear();
            var active = y.AsSpan(start);
            var u = rightReflectors.Row(k);
            work.Row(k)[(k + 1)..].CopyTo(u[(k + 1)..]);
            Rows.AddScaled(u[start..], -leftTau[k] * v[k], active);
            (Above[k], rightTau[k]) = Householder.Reflector(u, k + 1);
            for (var i = k + 1; i < m; i++)
            {
                Rows.Reflect(work.Row(i)[start..], -leftTau[k] * v[i], active, rightTau[k], u[start..]);
            }
        }
    }

    /// <summary>B[k, k].</summary>
    public double[] Diagonal { get; }

    /// <summary>B[k, k + 1]; the last is 0.</summary>
    public double[] Above { get; }

    /// <summary>The first n columns of Q, as rows [n, m].</summary>
    public DoubleMatrix LeftRows() => new Householder(leftReflectors, leftTau, 0).Columns();

    /// <summary>P, its columns as rows [n, n].</summary>
    public DoubleMatrix RightRows() => new Householder(rightReflectors, rightTau, 1).Columns();
}
