using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Tests.Reports;

public sealed class FigureTableTests
{
    [Fact]
    public void ToCsv_TextWithSeparators_IsQuoted()
    {
        var table = new FigureTable([new("a", "A"), new("b", "B", 2)], [["x,\"y\"\nz", 1.125], ["", default]]);

        Assert.Equal("a,b\n\"x,\"\"y\"\"\nz\",1.13\n,\n", table.ToCsv());
    }

    [Theory]
    [InlineData(0.12345, 4, "0.1235")]
    [InlineData(-0.00001, 4, "0")]
    [InlineData(1194, 0, "1194")]
    [InlineData(1e-7, 4, "0")]
    [InlineData(double.NaN, 4, "")]
    [InlineData(double.PositiveInfinity, 4, "")]
    public void Rows_Number_IsRoundedOnceAndWrittenPlainly(double value, int decimals, string expected) =>
        Assert.Equal(expected, FigureTable.Format(new FigureTable([new("a", "A", decimals)], [[value]]).Rows[0][0]));

    [Fact]
    public void Constructor_RowOfOtherLength_Throws() => Assert.Throws<ArgumentException>(() => new FigureTable([new("a", "A")], [["x", "y"]]));
}
