namespace Crescent.Kernels.Spectra;

/// <summary>
/// Implicitly shifted QR iteration on an upper bidiagonal matrix (Golub and Reinsch, 1970): diagonalises it in place. The rotations are collected over many sweeps before they turn the rows of the singular vectors.
/// </summary>
internal sealed class BidiagonalQr(double[] diagonal, double[] above, RotationPanels? leftRows, RotationPanels? rightRows)
{
    private const double Epsilon = 2.220446049250313e-16;
    private const double Tiny = 1e-290;
    private const int SweepsPerValue = 75;

    /// <summary>Sweeps that turn a panel of the vectors while it is in the first cache.</summary>
    private const int Collected = 32;

    private readonly RotationSweep[] leftSweeps = new RotationSweep[Collected];
    private readonly RotationSweep[] rightSweeps = new RotationSweep[Collected];
    private readonly double[][] leftPairs = Pairs(leftRows, diagonal.Length);
    private readonly double[][] rightPairs = Pairs(rightRows, diagonal.Length);
    private int waiting;

    /// <exception cref="CrescentException"><c>svd-diverged</c>: no convergence.</exception>
    public void Run()
    {
        if (diagonal.Any(value => !double.IsFinite(value)) || above.Any(value => !double.IsFinite(value)))
        {
            throw new CrescentException("svd-diverged", "The bidiagonal form holds a value that is not a number. Check the weights for damage.");
        }

        var sweeps = 0;
        for (var end = diagonal.Length; end > 1;)
        {
            var start = BlockStart(end);
            if (start == end - 1)
            {
                end--;
                sweeps = 0;
                continue;
            }

            var zero = NegligibleDiagonal(start, end);
            if (zero == end - 1)
            {
                DeflateLast(start, end);
            }
            else if (zero >= 0)
            {
                Split(zero, end);
            }
            else
            {
                Sweep(start, end);
            }

            if (++sweeps > SweepsPerValue)
            {
                throw new CrescentException("svd-diverged", "The singular value iteration did not converge. Check the weights for damage.");
            }
        }

        Flush();
    }

    private static double[][] Pairs(RotationPanels? rows, int length) => rows is null ? [] : [.. Enumerable.Range(0, Collected).Select(_ => new double[2 * length])];

    private void Flush()
    {
        leftRows?.Apply(leftSweeps.AsSpan(0, waiting));
        rightRows?.Apply(rightSweeps.AsSpan(0, waiting));
        waiting = 0;
    }

    /// <summary>First index of the unreduced block that ends before <paramref name="end"/>; clears the negligible entry before it.</summary>
    private int BlockStart(int end)
    {
        for (var k = end - 2; k >= 0; k--)
        {
            if (Math.Abs(above[k]) <= Tiny + (Epsilon * (Math.Abs(diagonal[k]) + Math.Abs(diagonal[k + 1]))))
            {
                above[k] = 0;
                return k + 1;
            }
        }

        return 0;
    }

    /// <summary>Index of a diagonal entry that is 0 to working precision, which it is then set to; -1: none.</summary>
    private int NegligibleDiagonal(int start, int end)
    {
        for (var k = end - 1; k >= start; k--)
        {
            var around = (k < end - 1 ? Math.Abs(above[k]) : 0) + (k > start ? Math.Abs(above[k - 1]) : 0);
            if (Math.Abs(diagonal[k]) <= Tiny + (Epsilon * around))
            {
                diagonal[k] = 0;
                return k;
            }
        }

        return -1;
    }

    private void DeflateLast(int start, int end)
    {
        Flush();
        var f = above[end - 2];
        above[end - 2] = 0;
        for (var j = end - 2; j >= start; j--)
        {
            var (c, s, r) = Rotation(diagonal[j], f);
            diagonal[j] = r;
            if (j > start)
            {
                f = -s * above[j - 1];
                above[j - 1] *= c;
            }

            rightRows?.Rotate(j, end - 1, c, s);
        }
    }

    /// <summary>Clears the entry right of a zero on the diagonal, which splits the block there.</summary>
    private void Split(int zero, int end)
    {
        Flush();
        var f = above[zero];
        above[zero] = 0;
        for (var j = zero + 1; j < end; j++)
        {
            var (c, s, r) = Rotation(diagonal[j], f);
            diagonal[j] = r;
            f = -s * above[j];
            above[j] *= c;
            leftRows?.Rotate(j, zero, c, s);
        }
    }

    private void Sweep(int start, int end)
    {
        var (f, g) = FirstColumn(start, end);
        var left = leftRows is null ? [] : leftPairs[waiting];
        var right = rightRows is null ? [] : rightPairs[waiting];
        for (var j = start; j < end - 1; j++)
        {
            var (c, s, r) = Rotation(f, g);
            if (j > start)
            {
                above[j - 1] = r;
            }

            f = (c * diagonal[j]) + (s * above[j]);
            above[j] = (c * above[j]) - (s * diagonal[j]);
            g = s * diagonal[j + 1];
            diagonal[j + 1] *= c;
            if (right.Length > 0)
            {
                (right[2 * (j - start)], right[(2 * (j - start)) + 1]) = (c, s);
            }

            (c, s, r) = Rotation(f, g);
            diagonal[j] = r;
            f = (c * above[j]) + (s * diagonal[j + 1]);
            diagonal[j + 1] = (c * diagonal[j + 1]) - (s * above[j]);
            g = s * above[j + 1];
            above[j + 1] *= c;
            if (left.Length > 0)
            {
                (left[2 * (j - start)], left[(2 * (j - start)) + 1]) = (c, s);
            }
        }

        above[end - 2] = f;
        (leftSweeps[waiting], rightSweeps[waiting]) = (new RotationSweep(start, end - 1 - start, left), new RotationSweep(start, end - 1 - start, right));
        if (++waiting == Collected)
        {
            Flush();
        }
    }

    /// <summary>First column of B^T B - shift I, up to a factor; the shift is the eigenvalue of the trailing 2 x 2 block of B^T B nearest its last entry.</summary>
    private (double F, double G) FirstColumn(int start, int end)
    {
        var scale = Math.Max(
            Math.Max(Math.Max(Math.Abs(diagonal[end - 1]), Math.Abs(diagonal[end - 2])), Math.Abs(above[end - 2])), Math.Max(Math.Abs(diagonal[start]), Math.Abs(above[start])));
        var (last, before, between, first) = (diagonal[end - 1] / scale, diagonal[end - 2] / scale, above[end - 2] / scale, diagonal[start] / scale);
        var b = (((before + last) * (before - last)) + (between * between)) / 2;
        var c = last * between * (last * between);
        var shift = 0.0;
        if (b != 0 || c != 0)
        {
            var root = Math.Sqrt((b * b) + c);
            shift = c / (b + (b < 0 ? -root : root));
        }

        return (((first + last) * (first - last)) + shift, first * (above[start] / scale));
    }

    /// <summary>c and s with c f + s g = r and c g - s f = 0.</summary>
    private static (double C, double S, double R) Rotation(double f, double g)
    {
        var square = (f * f) + (g * g);
        if (square is > 1e-280 and < 1e280)
        {
            var r = Math.Sqrt(square);
            return (f / r, g / r, r);
        }

        var scale = Math.Max(Math.Abs(f), Math.Abs(g));
        if (scale == 0)
        {
            return (1, 0, 0);
        }

        var (a, b) = (f / scale, g / scale);
        var norm = Math.Sqrt((a * a) + (b * b));
        return (a / norm, b / norm, norm * scale);
    }
}
