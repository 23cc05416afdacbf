namespace Crescent.StandIns.Orleans.Tests.State;

public sealed class Counter
{
    public int Value { get; set; }
}

public interface IStateGrain : IGrainWithStringKey
{
    Task<int> AddAsync(int amount);

    Task<int> GetAsync();

    Task<(string? Etag, bool Exists)> RecordAsync();

    Task ClearAsync();

    Task LeaveAsync();

    /// <summary>Changes the state in memory only.</summary>
    Task<int> DriftAsync();

    /// <summary>Writes and swallows the conflict if there is one.</summary>
    Task<bool> TryAddAsync(int amount);
}

public class StateGrain([PersistentState("counter", "store")] IPersistentState<Counter> counter, Log log) : Grain, IStateGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        log.Add($"activated with {counter.State.Value}");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        log.Add($"deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public async Task<int> AddAsync(int amount)
    {
        counter.State.Value += amount;
        await counter.WriteStateAsync();
        return counter.State.Value;
    }

    public Task<int> GetAsync() => Task.FromResult(counter.State.Value);

    public Task<(string? Etag, bool Exists)> RecordAsync() => Task.FromResult((counter.Etag, counter.RecordExists));

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ClearAsync() => counter.ClearStateAsync();

    public Task<int> DriftAsync() => Task.FromResult(counter.State.Value += 1000);

    public async Task<bool> TryAddAsync(int amount)
    {
        try
        {
            await AddAsync(amount);
            return true;
        }
        catch (global::Orleans.Storage.InconsistentStateException)
        {
            return false;
        }
    }
}
