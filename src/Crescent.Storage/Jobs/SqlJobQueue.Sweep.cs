using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>What ends by time alone: leases and deadlines.</summary>
public partial class SqlJobQueue
{
    // Every claim looks for expired leases, but many claims in a row need not.
    private static readonly TimeSpan SweepAtMostEvery = TimeSpan.FromMilliseconds(100);

    private DateTimeOffset sweptAt;

    public Task<int> SweepAsync(CancellationToken cancellation = default) => database.WriteAsync(session => Sweep(session, clock.GetUtcNow()), cancellation);

    /// <summary>Whether a claim must look first for what has run out of time.</summary>
    private protected bool IsSweepDue(DateTimeOffset now) => now - sweptAt >= SweepAtMostEvery || now < sweptAt;

    /// <summary>
    /// Ends the attempts of all workers whose name begins with <paramref name="owners"/> now. For the start of the process that holds the data folder: the workers inside the last one have not outlived it, and nobody has to wait for their leases. Workers in processes of their own go on.
    /// </summary>
    /// <returns>How many attempts were ended.</returns>
    public Task<int> EndAttemptsAsync(string owners, CancellationToken cancellation = default) =>
        database.WriteAsync(session => ExpireLeases(session, clock.GetUtcNow(), DateTimeOffset.MaxValue, owners), cancellation);

    private int Sweep(SqlSession session, DateTimeOffset now)
    {
        var late = FailLate(session, now);
        var expired = ExpireLeases(session, now, now);
        sweptAt = now;
        return late + expired;
    }

    /// <summary>Ends attempts whose lease ends by <paramref name="until"/>: their jobs are queued again, parked without subscribers, or fail when too many attempts have ended so.</summary>
    private static int ExpireLeases(SqlSession session, DateTimeOffset now, DateTimeOffset until, string owners = "")
    {
        var expired = session.Query(
            $"SELECT id FROM job WHERE phase = 'running' AND lease_until <= {until} AND substr(owner, 1, length({owners})) = {owners} ORDER BY id /*FOR UPDATE SKIP LOCKED*/", row => row.Large(0));
        foreach (var id in expired)
        {
            var job = JobRow.Find(session, id)!;
            EndAttempt(session, job.Id, job.Epoch, "lease-expired", null, now);
            if (job.Attempts >= job.Retry.MaxAttempts)
            {
                FailJob(session, job.Id, new JobFailure("attempts-exhausted", $"{job.Attempts} attempts died without a snapshot; the last worker was {job.Owner}. See its log.", Retryable: false), now);
            }
            else
            {
                GiveBack(session, job.Id, now, now);
            }
        }

        return expired.Count;
    }

    private static int FailLate(SqlSession session, DateTimeOffset now)
    {
        var late = session.Query(
            $"SELECT id, epoch, phase, deadline FROM job WHERE phase IN ('queued', 'running') AND deadline IS NOT NULL AND deadline <= {now} ORDER BY id /*FOR UPDATE SKIP LOCKED*/",
            row => (Id: row.Large(0), Epoch: row.Large(1), Running: row.Text(2) == "running", Deadline: row.Time(3)));
        foreach (var job in late)
        {
            var failure = new JobFailure("deadline-exceeded", FormattableString.Invariant($"The job had not succeeded by its deadline, {job.Deadline:yyyy-MM-dd HH:mm:ss}Z."), Retryable: false);
            if (job.Running)
            {
                EndAttempt(session, job.Id, job.Epoch, "failed", $"{failure.Code}: {failure.Message}", now);
            }

            FailJob(session, job.Id, failure, now);
        }

        return late.Count;
    }
}
