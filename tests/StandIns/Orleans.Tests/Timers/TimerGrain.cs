namespace Crescent.StandIns.Orleans.Tests.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Starts a timer whose n-th tick logs and opens <c>{key} tick n</c>.</summary>
    Task StartAsync(bool interleave, TimeSpan period);

    Task HoldAsync(string gate);

    Task StopAsync();

    Task LeaveAsync();

    Task StayAsync(TimeSpan time);
}

public class TimerGrain(Log log) : Grain, ITimerGrain
{
    private int _ticks;
    private IGrainTimer? _timer;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        log.Add($"{this.GetPrimaryKeyString()} {reason.ReasonCode}");
        log.Open($"{this.GetPrimaryKeyString()} gone");
        return Task.CompletedTask;
    }

    public Task StartAsync(bool interleave, TimeSpan period)
    {
        _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(20), period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public async Task HoldAsync(string gate)
    {
        log.Add($"+{gate}");
        log.Open($"started {gate}");
        await log.Gate(gate);
        log.Add($"-{gate}");
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task StayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    private Task TickAsync(CancellationToken cancellation)
    {
        _ticks++;
        log.Add($"{this.GetPrimaryKeyString()} tick {_ticks}");
        log.Open($"{this.GetPrimaryKeyString()} tick {_ticks}");
        return _ticks == 2 ? throw new InvalidOperationException("A tick may fail.") : Task.CompletedTask;
    }
}

/// <summary>Never collected as idle.</summary>
public interface IKeptGrain : IGrainWithStringKey
{
    Task TouchAsync();
}

[KeepAlive]
public class KeptGrain(Log log) : Grain, IKeptGrain
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        log.Add($"{this.GetPrimaryKeyString()} {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task TouchAsync() => Task.CompletedTask;
}
