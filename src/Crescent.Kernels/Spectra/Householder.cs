namespace Crescent.Kernels.Spectra;

/// <summary>Reflections H = I - tau v v^T that clear a vector behind one of its components.</summary>
internal static class Householder
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
}
