namespace Crescent.StandIns.Orleans.Tests.Activations;

public interface IFragileGrain : IGrainWithStringKey
{
    Task<string> NameAsync();

    Task<int> CountAsync();

    Task LeaveAsync();

    Task HoldAsync(string gate);
}

/// <summary>Fails its first activation of each key that starts with "bad".</summary>
public class FragileGrain(Log log) : Grain, IFragileGrain
{
    private int _calls;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        var first = !log.Lines.Contains($"tried {key}");
        log.Add($"tried {key}");
        return first && key.StartsWith("bad", StringComparison.Ordinal) ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        log.Add($"left: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<string> NameAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<int> CountAsync() => Task.FromResult(++_calls);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        DeactivateOnIdle();
        log.Open($"started {gate}");
        await log.Gate(gate);
        log.Add("held");
    }
}

public interface IPlainGrain : IGrainWithStringKey
{
    Task<string> NameAsync();

    Task<string> ThroughOthersAsync();
}

/// <summary>A grain without the base class.</summary>
[GrainType("plain")]
public class PlainGrain(IGrainContext context, IGrainFactory grains) : IGrainBase, IPlainGrain
{
    public IGrainContext GrainContext { get; } = context;

    public Task<string> NameAsync() => Task.FromResult(GrainContext.GrainId.ToString());

    public async Task<string> ThroughOthersAsync() => await grains.GetGrain<IFragileGrain>("other").NameAsync() + " " + this.AsReference<IPlainGrain>().GetPrimaryKeyString();
}

public class ActivationTests
{
    [Fact]
    public async Task FailedActivation_ReachesTheCaller_AndALaterCallTriesAgain()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IFragileGrain>("bad");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(grain.NameAsync);

        Assert.Equal("not yet", failure.Message);
        Assert.Equal("bad", await grain.NameAsync());
        Assert.Equal(["tried bad", "tried bad"], silo.Log.Lines);
    }

    [Fact]
    public async Task DeactivateOnIdle_MakesTheNextCallActivateAnew()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IFragileGrain>("a");
        Assert.Equal(1, await grain.CountAsync());
        Assert.Equal(2, await grain.CountAsync());

        await grain.LeaveAsync();

        Assert.Equal(1, await grain.CountAsync());
        Assert.Equal(["tried a", "left: ApplicationRequested", "tried a"], silo.Log.Lines);
    }

    [Fact]
    public async Task DeactivateOnIdle_WaitsForTheRunningCall_AndMovesTheQueuedOn()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IFragileGrain>("a");
        var held = grain.HoldAsync("gate");
        await silo.Log.Gate("started gate");
        var queued = grain.CountAsync();

        silo.Log.Open("gate");

        await held;
        Assert.Equal(1, await queued);
        Assert.Equal(["tried a", "held", "left: ApplicationRequested", "tried a"], silo.Log.Lines);
    }

    [Fact]
    public async Task Stop_DeactivatesEveryGrain()
    {
        var silo = await TestSilo.StartAsync();
        var log = silo.Log;
        await silo.Grains.GetGrain<IFragileGrain>("a").NameAsync();

        await silo.DisposeAsync();

        Assert.Equal(["tried a", "left: ShuttingDown"], log.Lines);
    }

    [Fact]
    public async Task GrainBase_WithoutTheBaseClass_HasItsContextAndItsType()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IPlainGrain>("key");

        Assert.Equal("plain/key", await grain.NameAsync());
        Assert.Equal("other key", await grain.ThroughOthersAsync());
    }
}
