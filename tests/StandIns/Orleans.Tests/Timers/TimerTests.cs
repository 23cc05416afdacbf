using Orleans.Configuration;
using Orleans.Hosting;

namespace Crescent.StandIns.Orleans.Tests.Timers;

public class TimerTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Timer_TicksOn_EvenAfterATickFails()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ITimerGrain>("a").StartAsync(interleave: false, Often);

        await silo.Log.Gate("a tick 4");
    }

    [Fact]
    public async Task Timer_DuringACall_WaitsForIt()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync(interleave: false, Often);
        var held = grain.HoldAsync("gate");
        await silo.Log.Gate("started gate");
        var before = silo.Log.Lines.Count(line => line.StartsWith("a tick", StringComparison.Ordinal));

        // While another grain ticks ten times, this one, due all along, does not.
        await silo.Grains.GetGrain<ITimerGrain>("b").StartAsync(interleave: false, Often);
        await silo.Log.Gate("b tick 10");
        Assert.Equal(before, silo.Log.Lines.Count(line => line.StartsWith("a tick", StringComparison.Ordinal)));

        silo.Log.Open("gate");
        await held;
        await silo.Log.Gate($"a tick {before + 1}");
    }

    [Fact]
    public async Task Timer_ThatInterleaves_TicksDuringACall()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync(interleave: true, Often);
        var held = grain.HoldAsync("gate");
        await silo.Log.Gate("started gate");

        await silo.Log.Gate("a tick 5");

        Assert.False(held.IsCompleted);
        silo.Log.Open("gate");
        await held;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timer_DisposedOrOfADeactivatedGrain_IsSilent(bool dispose)
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimerGrain>("a");
        await grain.StartAsync(interleave: false, Often);
        await silo.Log.Gate("a tick 1");
        await (dispose ? grain.StopAsync() : grain.LeaveAsync());
        silo.Log.Open("again");
        await grain.HoldAsync("again");
        var before = silo.Log.Lines.Count(line => line.StartsWith("a tick", StringComparison.Ordinal));

        await silo.Grains.GetGrain<ITimerGrain>("b").StartAsync(interleave: false, Often);
        await silo.Log.Gate("b tick 10");

        Assert.Equal(before, silo.Log.Lines.Count(line => line.StartsWith("a tick", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task IdleGrain_IsCollected_EvenThoughItsTimerTicks()
    {
        await using var silo = await TestSilo.StartAsync(CollectSoon);
        await silo.Grains.GetGrain<ITimerGrain>("a").StartAsync(interleave: false, Often);

        await silo.Log.Gate("a gone");

        Assert.Contains("a ActivationIdle", silo.Log.Lines);
    }

    [Fact]
    public async Task IdleGrain_ThatIsKeptOrBusyOrDelayed_Stays()
    {
        await using var silo = await TestSilo.StartAsync(CollectSoon);
        await silo.Grains.GetGrain<IKeptGrain>("kept").TouchAsync();
        await silo.Grains.GetGrain<ITimerGrain>("delayed").StayAsync(TimeSpan.FromHours(1));
        var busy = silo.Grains.GetGrain<ITimerGrain>("busy").HoldAsync("gate");

        foreach (var key in new[] { "one", "two", "three" })
        {
            await silo.Grains.GetGrain<ITimerGrain>(key).StayAsync(TimeSpan.Zero);
            await silo.Log.Gate($"{key} gone");
        }

        Assert.Equal(["one ActivationIdle", "three ActivationIdle", "two ActivationIdle"], silo.Log.Lines.Where(line => line[0] != '+').Order(StringComparer.Ordinal));
        silo.Log.Open("gate");
        await busy;
    }

    private static void CollectSoon(ISiloBuilder silo) => silo.Configure<GrainCollectionOptions>(options =>
    {
        options.CollectionQuantum = TimeSpan.FromMilliseconds(100);
        options.CollectionAge = TimeSpan.FromMilliseconds(200);
    });
}
