namespace Crescent.Storage.Jobs;

/// <summary>How the queue retries jobs that do not say it themselves.</summary>
public sealed record JobQueueOptions
{
    /// <summary>Attempts without a snapshot before a job fails.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>Wait after the first failed attempt; doubles with each further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(5);

    public RetryPolicy Retry => new(MaxAttempts) { FirstBackoff = FirstBackoff, LongestBackoff = LongestBackoff };
}
