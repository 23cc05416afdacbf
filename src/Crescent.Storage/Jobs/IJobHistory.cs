namespace Crescent.Storage.Jobs;

/// <summary>What became of a job's attempts: for people, and for tests that check where a job was resumed.</summary>
public interface IJobHistory
{
    /// <summary>Every attempt, by epoch; empty for an unknown key.</summary>
    Task<IReadOnlyList<JobAttempt>> AttemptsAsync(string key, CancellationToken cancellation = default);
}

/// <summary>One claim of a job by one worker.</summary>
/// <param name="ResumedFrom">Step of the last snapshot that was committed when the attempt began; null: there was none.</param>
/// <param name="Ending"><c>succeeded</c>, <c>replayed</c> (it made checkpoints that were wanted after the end), <c>released</c>, <c>failed</c> or <c>lease-expired</c>; null while it runs.</param>
public sealed record JobAttempt(long Epoch, string Owner, int? ResumedFrom, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Ending, string? Error);
