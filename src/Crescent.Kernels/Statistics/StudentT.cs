using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Statistics;

/// <summary>Student's t distribution, from the regularised incomplete beta function (continued fraction by Lentz's method; Lanczos' log gamma).</summary>
public static class StudentT
{
    /// <summary>t with P(|T| &lt;= t) = <paramref name="confidence"/>: 1.96 for 0.95 and many degrees of freedom.</summary>
    public static double TwoSided(double confidence, double degrees) => Quantile(0.5 + (confidence / 2), degrees);

    /// <param name="probability">Over 0 and under 1.</param>
    /// <param name="degrees">Degrees of freedom, over 0.</param>
    public static double Quantile(double probability, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (probability < 0.5)
        {
            return -Quantile(1 - probability, degrees);
        }

        // y = t^2 / (degrees + t^2) satisfies I_y(1/2, degrees / 2) = 2 p - 1.
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 100 && high - low > 1e-17 * low; i++)
        {
            var middle = 0.5 * (low + high);
            if (RegularisedBeta(middle, 0.5, degrees / 2) < (2 * probability) - 1)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return Math.Sqrt(degrees * low / (1 - low));
    }

    /// <summary>P(|T| &gt;= |t|).</summary>
    public static double TwoSidedTail(double t, double degrees) => RegularisedBeta(degrees / (degrees + (t * t)), degrees / 2, 0.5);

    private static double RegularisedBeta(double x, double a, double b)
    {
        if (x <= 0 || x >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        var front = Elementary.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Elementary.Log(x)) + (b * Elementary.Log(1 - x)));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - (front * Fraction(1 - x, b, a) / b);
    }

    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        var c = 1.0;
        var d = 1 / Away(1 - ((a + b) * x / (a + 1)));
        var h = d;
        for (var m = 1; m <= 100_000; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / Away(1 + (even * d));
            c = Away(1 + (even / c));
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / Away(1 + (odd * d));
            c = Away(1 + (odd / c));
            h *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-16)
            {
                break;
            }
        }

        return h;

        static double Away(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    private static double LogGamma(double x)
    {
        ReadOnlySpan<double> lanczos =
        [
            676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        if (x < 0.5)
        {
            // Gamma(x) = Gamma(x + 1) / x keeps the argument where Lanczos' series is accurate.
            return LogGamma(x + 1) - Elementary.Log(x);
        }

        var sum = 0.99999999999980993;
        for (var i = 0; i < lanczos.Length; i++)
        {
            sum += lanczos[i] / (x + i);
        }

        var t = x + 6.5;
        return 0.91893853320467274 + ((x - 0.5) * Elementary.Log(t)) - t + Elementary.Log(sum);
    }
}
