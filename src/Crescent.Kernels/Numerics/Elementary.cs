namespace Crescent.Kernels.Numerics;

/// <summary>
/// Elementary functions in double precision that give the same bits on every machine: the platform's change with the processor and the C library. Within 2 units in the last place
/// (Pow: relative error about |y ln x| 2^-52). Coefficients of log, sin and cos: fdlibm (Sun Microsystems, 1993).
/// </summary>
public static class Elementary
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double HalfPiHigh = 1.5707963267948966;
    private const double HalfPiMiddle = 6.123233995736766e-17;
    private const double HalfPiLow = -1.4973849048591833e-33;

    /// <summary>The largest magnitude whose sine and cosine are offered.</summary>
    public const double LargestAngle = 1 << 30;

    public static double Exp(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        if (x > 709.782712893384)
        {
            return double.PositiveInfinity;
        }

        if (x < -745.2)
        {
            return 0;
        }

        var k = Math.Round(x * 1.4426950408889634);
        var r = Math.FusedMultiplyAdd(-k, Ln2Low, Math.FusedMultiplyAdd(-k, Ln2High, x));
        var p = 1.0 / 6227020800;
        ReadOnlySpan<double> inverseFactorials =
            [1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1];
        foreach (var c in inverseFactorials)
        {
            p = Math.FusedMultiplyAdd(p, r, c);
        }

        return Math.ScaleB(p, (int)k);
    }

    /// <summary>Natural logarithm; negative infinity at 0, NaN below.</summary>
    public static double Log(double x)
    {
        if (!(x > 0))
        {
            return x == 0 ? double.NegativeInfinity : double.NaN;
        }

        if (double.IsPositiveInfinity(x))
        {
            return x;
        }

        var k = Math.ILogB(x);
        var m = Math.ScaleB(x, -k);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            k++;
        }

        var f = m - 1;
        var s = f / (2 + f);
        var z = s * s;
        var r = 1.479819860511658591e-01;
        ReadOnlySpan<double> coefficients =
        [
            1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01,
        ];
        foreach (var c in coefficients)
        {
            r = Math.FusedMultiplyAdd(r, z, c);
        }

        r *= z;
        var half = 0.5 * f * f;
        return k * Ln2High - (half - (s * (half + r) + k * Ln2Low) - f);
    }

    /// <summary>x to the power y, for x above 0.</summary>
    public static double Pow(double x, double y) => y == 0 ? 1 : Exp(y * Log(x));

    public static double Sin(double radians) => SinCos(radians).Sin;

    public static double Cos(double radians) => SinCos(radians).Cos;

    /// <exception cref="ArgumentOutOfRangeException">The angle is beyond <see cref="LargestAngle"/>, or not a number.</exception>
    public static (double Sin, double Cos) SinCos(double radians)
    {
        if (!(Math.Abs(radians) <= LargestAngle))
        {
            throw new ArgumentOutOfRangeException(nameof(radians), radians, "The angle is too large.");
        }

        var k = Math.Round(radians * 0.6366197723675814);
        var r = Math.FusedMultiplyAdd(-k, HalfPiHigh, radians);
        r = Math.FusedMultiplyAdd(-k, HalfPiMiddle, r);
        r = Math.FusedMultiplyAdd(-k, HalfPiLow, r);
        return Quadrant((int)k, r);
    }

    /// <summary>Sine and cosine of a number of turns (1: a full circle): exact reduction for any finite value.</summary>
    public static (double Sin, double Cos) SinCosTurns(double turns)
    {
        var fraction = turns - Math.Floor(turns);
        var k = Math.Round(4 * fraction);
        return Quadrant((int)k, (fraction - 0.25 * k) * (2 * Math.PI));
    }

    /// <summary>Arc sine in radians, for magnitudes up to 1 (rounding beyond is cut); coefficients of fdlibm.</summary>
    public static double Asin(double x)
    {
        var magnitude = Math.Min(1, Math.Abs(x));
        if (magnitude < 0.5)
        {
            return x + (x * AsinTail(x * x));
        }

        var z = (1 - magnitude) / 2;
        var s = Math.Sqrt(z);
        var value = (Math.PI / 2) - (2 * (s + (s * AsinTail(z))));
        return x < 0 ? -value : value;
    }

    /// <summary>Arc cosine in radians; accurate to the last digits also near 1 and -1.</summary>
    public static double Acos(double x) => x > 0.5 ? 2 * Asin(Math.Sqrt(Math.Max(0, (1 - x) / 2))) : x < -0.5 ? Math.PI - Acos(-x) : (Math.PI / 2) - Asin(x);

    /// <summary>asin(x) / x - 1 as a function of x^2, for x up to 0.5.</summary>
    private static double AsinTail(double z)
    {
        var p = z * (1.66666666666666657415e-01 + (z * (-3.25565818622400915405e-01 + (z * (2.01212532134862925881e-01 + (z * (-4.00555345006794114027e-02
            + (z * (7.91534994289814532176e-04 + (z * 3.47933107596021167570e-05))))))))));
        var q = 1 + (z * (-2.40339491173441421878e+00 + (z * (2.02094576023350569471e+00 + (z * (-6.88283971605453293030e-01 + (z * 7.70381505559019352791e-02)))))));
        return p / q;
    }

    /// <summary>Sine and cosine of quarter * pi/2 + r, |r| at most pi/4.</summary>
    private static (double Sin, double Cos) Quadrant(int quarter, double r)
    {
        var z = r * r;
        var sine = 1.58969099521155010221e-10;
        ReadOnlySpan<double> sines =
            [-2.50507602534068634195e-08, 2.75573137070700676789e-06, -1.98412698298579493134e-04, 8.33333333332248946124e-03, -1.66666666666666324348e-01];
        foreach (var c in sines)
        {
            sine = Math.FusedMultiplyAdd(sine, z, c);
        }

        var cosine = -1.13596475577881948265e-11;
        ReadOnlySpan<double> cosines =
            [2.08757232129817482790e-09, -2.75573143513906633035e-07, 2.48015872894767294178e-05, -1.38888888888741095749e-03, 4.16666666666666019037e-02];
        foreach (var c in cosines)
        {
            cosine = Math.FusedMultiplyAdd(cosine, z, c);
        }

        sine = Math.FusedMultiplyAdd(sine * z, r, r);
        var half = 0.5 * z;
        var w = 1 - half;
        cosine = w + (1 - w - half + z * z * cosine);
        return (quarter & 3) switch
        {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        };
    }
}
