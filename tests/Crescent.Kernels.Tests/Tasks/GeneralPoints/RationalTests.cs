using Crescent.Kernels.Tasks.GeneralPoints;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class RationalTests
{
    private static readonly Arbitrary<(int, int, int)> Triples = ArbMap.Default.ArbFor<(int, int, int)>();

    [Fact]
    public void Operators_AnyFractions_KeepTheFieldLaws() => Check.QuickThrowOnFailure(Prop.ForAll(Triples, triple =>
    {
        var (a, b, c) = (Fraction(triple.Item1), Fraction(triple.Item2), Fraction(triple.Item3));
        return (a + b) * c == (a * c) + (b * c) && a - b + b == a && (b == 0 || a / b * b == a) && a + b == b + a;
    }));

    [Fact]
    public void Denominator_AnyFraction_IsPositiveAndInLowestTerms() => Check.QuickThrowOnFailure(Prop.ForAll(Triples, triple =>
    {
        var a = Fraction(triple.Item1) - Fraction(triple.Item2);
        return a.Denominator > 0 && (a.Numerator == 0 || GreatestCommonDivisor(Int128.Abs(a.Numerator), a.Denominator) == 1);
    }));

    [Fact]
    public void Default_IsZero() => Assert.Equal(default, (Rational)0);

    [Fact]
    public void Divide_ByZero_Throws() => Assert.Throws<DivideByZeroException>(() => (Rational)1 / 0);

    [Fact]
    public void Multiply_BeyondRange_ThrowsInsteadOfWrapping()
    {
        Rational value = long.MaxValue;
        Assert.Throws<OverflowException>(() => value * value * value);
    }

    [Fact]
    public void ToString_Fraction_ShowsLowestTerms() => Assert.Equal("-2/3", ((Rational)4 / -6).ToString());

    private static Rational Fraction(int seed) => (Rational)(seed % 1000) / ((Math.Abs((long)seed) / 1000 % 60) + 1);

    private static Int128 GreatestCommonDivisor(Int128 a, Int128 b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
