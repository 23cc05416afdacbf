namespace Crescent.Storage.Tests;

/// <summary>Time that moves only when told.</summary>
internal sealed class FakeClock : TimeProvider
{
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TaskCompletionSource someoneWaits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done once somebody has begun to wait for time to pass (real time, as short as it was asked for).</summary>
    public Task SomeoneWaits => someoneWaits.Task;

    public override DateTimeOffset GetUtcNow() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        someoneWaits.TrySetResult();
        return base.CreateTimer(callback, state, dueTime, period);
    }

    public void Advance(TimeSpan by) => now += by;
}
