using Crescent.Cli.Terminal;

namespace Crescent.Cli.Tests.Terminal;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(-3, "0s")]
    [InlineData(0.4, "0s")]
    [InlineData(59.6, "1m 00s")]
    [InlineData(61, "1m 01s")]
    [InlineData(3599, "59m 59s")]
    [InlineData(90061, "25h 01m")]
    public void Duration_Seconds_ReadsWell(double seconds, string expected) => Assert.Equal(expected, Amounts.Duration(seconds));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(3670016, "3.5 MiB")]
    [InlineData(long.MaxValue, "8388608.0 TiB")]
    public void Bytes_Counts_ReadWell(long bytes, string expected) => Assert.Equal(expected, Amounts.Bytes(bytes));

    [Theory]
    [InlineData(0.123, "0.12/s")]
    [InlineData(12.34, "12.3/s")]
    [InlineData(1234.4, "1234/s")]
    public void Rate_PerSecond_ReadsWell(double rate, string expected) => Assert.Equal(expected, Amounts.Rate(rate));
}
