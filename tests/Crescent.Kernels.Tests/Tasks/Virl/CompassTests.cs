using Crescent.Kernels.Tasks.Virl;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Tasks.Virl;

public sealed class CompassTests
{
    [Theory]
    [InlineData(270, 0, "right")]
    [InlineData(0, 270, "left")]
    [InlineData(350, 10, "slightly right")]
    [InlineData(10, 350, "slightly left")]
    [InlineData(90, 90, "slightly left")]
    [InlineData(0, 45, "slightly right")]
    [InlineData(0, 46, "right")]
    [InlineData(0, 315, "slightly left")]
    [InlineData(0, 314, "left")]
    [InlineData(0, 180, "left")]
    public void Turn_AcrossNorth_IsTheShorterWay(int from, int to, string turn) => Assert.Equal(turn, Compass.Turns[Compass.Turn(from, to)]);

    [Theory]
    [InlineData(0, "north")]
    [InlineData(22, "north")]
    [InlineData(23, "northeast")]
    [InlineData(177, "south")]
    [InlineData(337, "northwest")]
    [InlineData(338, "north")]
    [InlineData(-90, "west")]
    public void Point_Heading_IsTheNearest(int heading, string point) => Assert.Equal(point, Compass.Points[Compass.Point(heading)]);

    [Fact]
    public void Wrap_AnyAngle_IsTheSameDirectionWithinHalfATurn() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<int>(), any =>
    {
        var degrees = any % 100_000;
        var wrapped = Compass.Wrap(degrees);
        return wrapped is >= -180 and < 180 && (wrapped - degrees) % 360 == 0;
    }));

    [Fact]
    public void Turn_AnyHeadings_DependOnTheDifferenceOnlyAndMirror() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<(int From, int To, int By)>(), any =>
    {
        var (from, to, by) = (any.From % 360, any.To % 360, any.By % 3600);
        var (turn, back) = (Compass.Turn(from, to), Compass.Turn(to, from));
        return turn == Compass.Turn(from + by, to + by) && turn == Compass.Turn(from - 360, to + 360)
            && (Compass.Wrap(to - from) is 0 or -180 or 45 or -45 || turn + back == 3);
    }));
}
