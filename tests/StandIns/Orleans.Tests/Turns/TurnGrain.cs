using Orleans.Concurrency;

namespace Crescent.StandIns.Orleans.Tests.Turns;

public interface ITurns : IGrainWithStringKey
{
    /// <summary>Waits for the gate of that name, logging before and after.</summary>
    Task HoldAsync(string gate);

    [ReadOnly]
    Task ReadAsync(string gate);

    [AlwaysInterleave]
    Task<int> PeekAsync();

    [AlwaysInterleave]
    Task<int> IncrementAsync();

    /// <summary>Calls <see cref="NameAsync"/> of this very grain through the other one.</summary>
    Task<string> CallAroundAsync(string other);

    Task<string> CallAsync(string other);

    Task<string> NameAsync();

    [ResponseTimeout("00:00:02")]
    Task ImpatientAsync(string gate);

    Task<string> CancellableAsync(CancellationToken cancellation);

    Task<bool> ContinuesOnItsSchedulerAsync();
}

public interface ITurnGrain : ITurns;

public interface IReentrantGrain : ITurns;

public abstract class TurnsBase(Log log) : Grain, ITurns
{
    private int _count;

    public async Task HoldAsync(string gate)
    {
        log.Add($"+{gate}");
        log.Open($"started {gate}");
        await log.Gate(gate);
        log.Add($"-{gate}");
    }

    public Task ReadAsync(string gate) => HoldAsync(gate);

    public Task<int> PeekAsync() => Task.FromResult(_count);

    /// <summary>Loses updates if two turns ever run at once.</summary>
    public async Task<int> IncrementAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            await Task.Yield();
            var read = _count;
            Thread.SpinWait(20);
            _count = read + 1;
        }

        return _count;
    }

    public Task<string> CallAroundAsync(string other) => GrainFactory.GetGrain<ITurnGrain>(other).CallAsync(this.GetPrimaryKeyString());

    public Task<string> CallAsync(string other) => GrainFactory.GetGrain<ITurnGrain>(other).NameAsync();

    public Task<string> NameAsync() => Task.FromResult(this.GetPrimaryKeyString());

    public Task ImpatientAsync(string gate) => HoldAsync(gate);

    public async Task<string> CancellableAsync(CancellationToken cancellation)
    {
        log.Open("cancellable started");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            log.Add("callee cancelled");
            log.Open("callee cancelled");
        }

        return "done";
    }

    public async Task<bool> ContinuesOnItsSchedulerAsync()
    {
        var before = TaskScheduler.Current;
        await Task.Delay(1);
        return before != TaskScheduler.Default && TaskScheduler.Current == before && await Task.Run(() => TaskScheduler.Current == TaskScheduler.Default);
    }
}

public class TurnGrain(Log log) : TurnsBase(log), ITurnGrain;

[GrainType("reentrant-turn")]
[Reentrant]
public class ReentrantGrain(Log log) : TurnsBase(log), IReentrantGrain;
