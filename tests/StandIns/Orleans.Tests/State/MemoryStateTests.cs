using Orleans.Hosting;

namespace Crescent.StandIns.Orleans.Tests.State;

public class MemoryStateTests
{
    [Fact]
    public async Task MemoryStorage_KeepsStateBetweenActivations()
    {
        await using var silo = await TestSilo.StartAsync(s => s.AddMemoryGrainStorage("store"));
        var grain = silo.Grains.GetGrain<IStateGrain>("a");

        await grain.AddAsync(3);
        await grain.LeaveAsync();

        Assert.Equal(3, await grain.GetAsync());
        Assert.Equal(["activated with 0", "deactivated: ApplicationRequested", "activated with 3"], silo.Log.Lines);
    }

    [Fact]
    public async Task Storage_NotRegistered_FailsTheCallWithItsName()
    {
        await using var silo = await TestSilo.StartAsync();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<IStateGrain>("a").GetAsync());

        Assert.Contains("\"store\"", failure.ToString(), StringComparison.Ordinal);
    }
}
