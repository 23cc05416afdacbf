namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>
/// An exact fraction in lowest terms with a positive denominator, on 128-bit integers. A formula of the compact form (at most ten numbers up to 60) stays far below the limit;
/// anything that does not fit throws <see cref="OverflowException"/> and never wraps.
/// </summary>
public readonly record struct Rational
{
    private readonly Int128 denominatorLessOne;

    private Rational(Int128 numerator, Int128 denominator)
    {
        var divisor = GreatestCommonDivisor(Int128.Abs(numerator), Int128.Abs(denominator));
        if (denominator < 0)
        {
            divisor = -divisor;
        }

        Numerator = numerator / divisor;
        denominatorLessOne = (denominator / divisor) - 1;
    }

    public Int128 Numerator { get; }

    /// <summary>Stored less one, so that the default value is 0/1.</summary>
    public Int128 Denominator => denominatorLessOne + 1;

    public bool IsInteger => denominatorLessOne == 0;

    public static implicit operator Rational(long value) => new(value, 1);

    public static Rational FromInt64(long value) => value;

    public static Rational operator +(Rational a, Rational b) => Add(a, b);

    public static Rational operator -(Rational a, Rational b) => Subtract(a, b);

    public static Rational operator *(Rational a, Rational b) => Multiply(a, b);

    public static Rational operator /(Rational a, Rational b) => Divide(a, b);

    public static Rational Add(Rational a, Rational b) => checked(new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator));

    public static Rational Subtract(Rational a, Rational b) => checked(new((a.Numerator * b.Denominator) - (b.Numerator * a.Denominator), a.Denominator * b.Denominator));

    public static Rational Multiply(Rational a, Rational b) => checked(new(a.Numerator * b.Numerator, a.Denominator * b.Denominator));

    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Rational Divide(Rational a, Rational b) =>
        b.Numerator == 0 ? throw new DivideByZeroException() : checked(new(a.Numerator * b.Denominator, a.Denominator * b.Numerator));

    public override string ToString() => IsInteger ? $"{Numerator}" : $"{Numerator}/{Denominator}";

    private static Int128 GreatestCommonDivisor(Int128 a, Int128 b)
    {
        while (b > ulong.MaxValue || a > ulong.MaxValue)
        {
            if (b == 0)
            {
                return a;
            }

            (a, b) = (b, a % b);
        }

        // Nearly always at once: 64-bit remainders are many times cheaper.
        var (x, y) = ((ulong)a, (ulong)b);
        while (y != 0)
        {
            (x, y) = (y, x % y);
        }

        return x;
    }
}
