using Crescent.Kernels.Reports.Charts;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Reports.Charts;

public sealed class ScaleTests
{
    [Fact]
    public void Map_AnyValueOnAnyScale_StaysInsideAndKeepsOrder() => Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat>(), ArbMap.Default.ArbFor<NormalFloat>(), (a, b) =>
        {
            var (low, high) = (Math.Min(a.Get, b.Get), Math.Max(a.Get, b.Get));
            return new Scale[] { new LinearScale(0, 1, 10, 110), new LogScale(1e-3, 10, 10, 110), new SymlogScale(10, 0, 800, 10, 110) }
                .All(s => s.Map(low) is >= 10 and <= 110 && s.Map(low) <= s.Map(high));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Map_Symlog_ShowsZeroAndSpreadsDecades()
    {
        var scale = new SymlogScale(10, 0, 1000, 0, 100);

        Assert.Equal(0, scale.Map(0));
        Assert.Equal(100, scale.Map(1000));
        Assert.True(scale.Map(100) - scale.Map(10) > 30);
    }

    [Fact]
    public void Map_EmptyDomain_GivesTheMiddle() => Assert.Equal(50, new LinearScale(3, 3, 0, 100).Map(3));
}
