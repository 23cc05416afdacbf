using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>What a worker's write must know of its job; no more, since every write reads it.</summary>
internal sealed record HeldJob(long Id, string Phase, string? Owner, long Epoch, DateTimeOffset? LeaseUntil, int Subscribers, int Attempts, int Outcomes, bool Scheduled, RetryPolicy Retry)
{
    public static HeldJob? Find(SqlSession session, string key) => session.Find(
        $"SELECT id, phase, owner, epoch, lease_until, subscribers, attempts, outcomes, scheduled, max_attempts, first_backoff, longest_backoff FROM job WHERE key = {key} /*FOR UPDATE*/",
        row => new HeldJob(
            row.Large(0), row.Text(1), row.TextOrNull(2), row.Large(3), row.TimeOrNull(4), row.Number(5), row.Number(6), row.Number(7), row.Flag(8),
            new RetryPolicy(row.Number(9)) { FirstBackoff = row.Duration(10), LongestBackoff = row.Duration(11) }));

    public bool IsHeldBy(JobClaim claim, DateTimeOffset now) => Phase == "running" && Owner == claim.Owner && Epoch == claim.Epoch && LeaseUntil > now;

    public static CrescentException Lost(JobClaim claim) =>
        new("lease-lost", $"Attempt {claim.Epoch} of job {claim.Key} by {claim.Owner} no longer holds the job; it must stop and commit nothing.");
}
