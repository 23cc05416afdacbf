using Crescent.Kernels.Reports.Charts;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Reports.Charts;

public sealed class LetteringTests
{
    [Fact]
    public void Spread_AnyPositionsThatFit_AreApartInsideAndInOrder() => Prop.ForAll(
        Gen.Choose(-50, 450).ListOf().Select(l => l.Take(12).Select(v => (double)v).ToArray()).ToArbitrary(), wanted =>
        {
            var placed = Lettering.Spread(wanted, 15, 0, 400);
            var sorted = placed.Order().ToArray();
            var order = Enumerable.Range(0, wanted.Length).OrderBy(i => wanted[i]).ThenBy(i => i).Select(i => placed[i]);
            return placed.All(p => p is >= 0 and <= 400) && sorted.Zip(sorted.Skip(1)).All(p => p.Second - p.First >= 15 - 1e-9) && order.SequenceEqual(sorted);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(-0.0004, 3, "0.000", "0.000")]
    [InlineData(-0.031, 3, "\u22120.031", "\u22120.031")]
    [InlineData(0.06, 3, "0.060", "+0.060")]
    [InlineData(800, 0, "800", "+800")]
    public void Number_Value_HasFixedDecimalsAndATrueMinus(double value, int decimals, string plain, string difference)
    {
        Assert.Equal(plain, Lettering.Number(value, decimals));
        Assert.Equal(difference, Lettering.Difference(value, decimals));
    }
}
