using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Spectra;

/// <summary>A product H_0 H_1 ... of reflections H_k = I - tau_k v_k v_k^T, v_k zero before index k + shift.</summary>
/// <param name="vectors">v_k as rows.</param>
internal sealed class Householder(DoubleMatrix vectors, double[] tau, int shift)
{
    /// <summary>
    /// A vector shorter than that counts as 0, in matrices whose largest entry is near 1: a reduction that has used up the rank leaves ever smaller remainders, and 1 / norm^2 of the smallest overflows.
    /// </summary>
    private const double Vanishing = 1e-140;

    /// <summary>Turns x (from index <paramref name="k"/> on, 0 before) into v with (I - tau v v^T) x = beta e_k.</summary>
    public static (double Beta, double Tau) Reflector(Span<double> x, int k)
    {
        var start = k / Rows.Lanes * Rows.Lanes;
        var norm = Math.Sqrt(Rows.Dot(x[start..], x[start..]));
        if (norm < Vanishing)
        {
            return (0, 0);
        }

        var alpha = x[k];
        var beta = alpha > 0 ? -norm : norm;
        x[k] = alpha - beta;
        return (beta, 1 / (norm * (norm + Math.Abs(alpha))));
    }

    /// <summary>The leading columns of the product, as rows. Row r is e_r^T H_r ... H_0: the reflections after r leave e_r alone. Four rows at a time.</summary>
    public DoubleMatrix Columns()
    {
        var rows = new DoubleMatrix(vectors.Rows, vectors.Columns);
        for (var r = 0; r < rows.Rows; r++)
        {
            rows[r, r] = 1;
        }

        for (var r = 0; r < rows.Rows; r += 4)
        {
            for (var k = Math.Min(r + 3, rows.Rows - 1) - shift; k >= 0; k--)
            {
                var start = (k + shift) / Rows.Lanes * Rows.Lanes;
                var v = vectors.Row(k)[start..];
                if (r + 4 <= rows.Rows)
                {
                    ReflectFour(ref rows.Values[(r * rows.Stride) + start], rows.Stride, v, tau[k]);
                    continue;
                }

                for (var i = r; i < rows.Rows; i++)
                {
                    Rows.AddScaled(rows.Row(i)[start..], -tau[k] * Rows.Dot(rows.Row(i)[start..], v), v);
                }
            }
        }

        return rows;
    }

    /// <summary>row -= tau (row . v) v for four rows, their sums side by side.</summary>
    private static void ReflectFour(ref double row0, int stride, ReadOnlySpan<double> v, double tau)
    {
        ref var row1 = ref Unsafe.Add(ref row0, stride);
        ref var row2 = ref Unsafe.Add(ref row1, stride);
        ref var row3 = ref Unsafe.Add(ref row2, stride);
        ref var rv = ref Unsafe.AsRef(in v[0]);
        var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        for (nuint i = 0; i < (nuint)v.Length; i += Rows.Lanes)
        {
            var w = Vector512.LoadUnsafe(ref rv, i);
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row0, i), w, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row1, i), w, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row2, i), w, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref row3, i), w, s3);
        }

        var (f0, f1, f2, f3) = (Factor(s0, tau), Factor(s1, tau), Factor(s2, tau), Factor(s3, tau));
        for (nuint i = 0; i < (nuint)v.Length; i += Rows.Lanes)
        {
            var w = Vector512.LoadUnsafe(ref rv, i);
            Vector512.FusedMultiplyAdd(f0, w, Vector512.LoadUnsafe(ref row0, i)).StoreUnsafe(ref row0, i);
            Vector512.FusedMultiplyAdd(f1, w, Vector512.LoadUnsafe(ref row1, i)).StoreUnsafe(ref row1, i);
            Vector512.FusedMultiplyAdd(f2, w, Vector512.LoadUnsafe(ref row2, i)).StoreUnsafe(ref row2, i);
            Vector512.FusedMultiplyAdd(f3, w, Vector512.LoadUnsafe(ref row3, i)).StoreUnsafe(ref row3, i);
        }

        static Vector512<double> Factor(Vector512<double> sum, double tau) => Vector512.Create(-tau * Rows.Sum(sum));
    }
}
