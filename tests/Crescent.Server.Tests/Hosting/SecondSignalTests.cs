using Crescent.Server.Hosting;

namespace Crescent.Server.Tests.Hosting;

public sealed class SecondSignalTests
{
    [Fact]
    public void Receive_Twice_ExitsAtTheSecondWithItsCode()
    {
        List<int> exits = [];
        using var second = new SecondSignal(exits.Add);

        second.Receive(143);
        var afterFirst = exits.Count;
        second.Receive(130);

        Assert.Equal(0, afterFirst);
        Assert.Equal([130], exits);
    }
}
