using Orleans.Configuration;
using Orleans.Hosting;

namespace Crescent.StandIns.Orleans.Tests.Turns;

public class TurnTests
{
    [Fact]
    public async Task Call_WhileAnotherRuns_WaitsForIt()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");

        var first = grain.HoldAsync("first");
        await silo.Log.Gate("started first");
        var second = grain.HoldAsync("second");
        await grain.PeekAsync();
        Assert.Equal(["+first"], silo.Log.Lines);

        silo.Log.Open("second");
        silo.Log.Open("first");
        await Task.WhenAll(first, second);
        Assert.Equal(["+first", "-first", "+second", "-second"], silo.Log.Lines);
    }

    [Fact]
    public async Task Call_ToAnotherKey_RunsBeside()
    {
        await using var silo = await TestSilo.StartAsync();
        var first = silo.Grains.GetGrain<ITurnGrain>("a").HoldAsync("first");
        await silo.Log.Gate("started first");

        silo.Log.Open("second");
        await silo.Grains.GetGrain<ITurnGrain>("b").HoldAsync("second");

        Assert.False(first.IsCompleted);
        silo.Log.Open("first");
        await first;
    }

    [Fact]
    public async Task AlwaysInterleave_DuringALongCall_Answers()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        var held = grain.HoldAsync("gate");
        await silo.Log.Gate("started gate");

        Assert.Equal(0, await grain.PeekAsync());

        Assert.False(held.IsCompleted);
        silo.Log.Open("gate");
        await held;
    }

    [Fact]
    public async Task ReadOnly_BesideReadOnly_Interleaves()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        var first = grain.ReadAsync("one");
        await silo.Log.Gate("started one");

        silo.Log.Open("two");
        await grain.ReadAsync("two");

        silo.Log.Open("one");
        await first;
        Assert.Equal(["+one", "+two", "-two", "-one"], silo.Log.Lines);
    }

    [Fact]
    public async Task ReadOnly_BesideAWriter_Waits()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        var writer = grain.HoldAsync("writer");
        await silo.Log.Gate("started writer");
        silo.Log.Open("reader");
        var reader = grain.ReadAsync("reader");
        await grain.PeekAsync();

        Assert.Equal(["+writer"], silo.Log.Lines);
        silo.Log.Open("writer");
        await Task.WhenAll(writer, reader);
    }

    [Fact]
    public async Task Reentrant_DuringALongCall_StartsTheNext()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantGrain>("a");
        var first = grain.HoldAsync("first");
        await silo.Log.Gate("started first");

        silo.Log.Open("second");
        await grain.HoldAsync("second");

        Assert.False(first.IsCompleted);
        silo.Log.Open("first");
        await first;
    }

    [Fact]
    public async Task InterleavedTurns_NeverRunAtOnce()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.IncrementAsync()));

        Assert.Equal(2000, await grain.PeekAsync());
    }

    [Fact]
    public async Task Await_InAGrain_ComesBackToItsScheduler()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.True(await silo.Grains.GetGrain<ITurnGrain>("a").ContinuesOnItsSchedulerAsync());
    }

    [Fact]
    public async Task CallCycle_TimesOut()
    {
        await using var silo = await TestSilo.StartAsync(s => s.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromMilliseconds(300)));

        await Assert.ThrowsAsync<TimeoutException>(() => silo.Grains.GetGrain<ITurnGrain>("a").CallAroundAsync("b"));
    }

    [Fact]
    public async Task ResponseTimeout_EndsTheWait_AndTheCalleeRunsOn()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");

        await grain.NameAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => grain.ImpatientAsync("gate"));
        Assert.Equal(["+gate"], silo.Log.Lines);

        silo.Log.Open("gate");
        Assert.Equal("a", await grain.NameAsync());
        Assert.Equal(["+gate", "-gate"], silo.Log.Lines);
    }

    [Fact]
    public async Task TimedOutCall_StillQueued_IsNeverStarted()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        var first = grain.HoldAsync("first");
        await silo.Log.Gate("started first");
        await Assert.ThrowsAsync<TimeoutException>(() => grain.ImpatientAsync("late"));

        silo.Log.Open("late");
        silo.Log.Open("first");
        await first;
        await grain.NameAsync();

        Assert.Equal(["+first", "-first"], silo.Log.Lines);
    }

    [Fact]
    public async Task CancellationToken_Cancelled_ReachesTheCallee()
    {
        await using var silo = await TestSilo.StartAsync();
        using var cancellation = new CancellationTokenSource();
        var call = silo.Grains.GetGrain<ITurnGrain>("a").CancellableAsync(cancellation.Token);
        await silo.Log.Gate("cancellable started");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await silo.Log.Gate("callee cancelled");
    }

    [Fact]
    public async Task Call_AfterStop_Fails()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        Assert.Equal("a", await grain.NameAsync());

        await silo.StopAsync();

        await Assert.ThrowsAnyAsync<Exception>(grain.NameAsync);
    }

    [Fact]
    public async Task GetGrain_WithoutAnImplementation_SaysSo()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<INobodysGrain>("a"));
    }

    public interface INobodysGrain : IGrainWithStringKey;
}
