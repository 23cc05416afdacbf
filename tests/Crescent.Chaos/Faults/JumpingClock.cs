namespace Crescent.Chaos.Faults;

/// <summary>The system's clock, as far off as the driver says. What measures spans (timestamps, timers) goes on steadily, as it does when an administrator sets a clock.</summary>
internal sealed class JumpingClock(Switches switches) : TimeProvider
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly Lock gate = new();
    private TimeSpan offset = switches.Clock();
    private long lookedAt = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            if (System.GetElapsedTime(lookedAt) > LookEvery)
            {
                (offset, lookedAt) = (switches.Clock(), System.GetTimestamp());
            }

            return System.GetUtcNow() + offset;
        }
    }
}
