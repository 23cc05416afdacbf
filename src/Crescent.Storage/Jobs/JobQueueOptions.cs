namespace Crescent.Storage.Jobs;

/// <summary>How the queue retries.</summary>
public sealed record JobQueueOptions
{
    /// <summary>Wait after the first failed attempt; doubles with each further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait after <paramref name="attempts"/> attempts that committed nothing.</summary>
    public TimeSpan Backoff(int attempts) => TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, FirstBackoff.TotalSeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 30))));
}
