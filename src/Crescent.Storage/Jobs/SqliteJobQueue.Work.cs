using Crescent.Kernels.Jobs;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Jobs;

/// <summary>Claims, leases, and the ends of attempts.</summary>
public sealed partial class SqliteJobQueue
{
    public async Task<JobClaim?> ClaimAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default)
    {
        var claim = await database.WriteAsync(session => Claim(session, worker, lease), cancellation);
        while (claim?.Snapshot is { } snapshot && !await blobs.VerifyAsync(snapshot.Sha256, cancellation))
        {
            claim = await database.WriteAsync(session => ForgetSnapshot(session, claim), cancellation);
        }

        return claim;
    }

    public Task<LeaseState> HeartbeatAsync(JobClaim claim, TimeSpan lease, JobProgress? progress, IReadOnlyList<MetricPoint> metrics, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var job = JobRow.Find(session, claim.Key);
                if (!Holds(job, claim, now))
                {
                    return LeaseState.Lost;
                }

                session.Execute($"UPDATE job SET lease_until = {now + lease}, progress = coalesce({(progress is null ? null : JobJson.Write(progress))}, progress) WHERE id = {job.Id}");
                AddMetrics(session, job.Id, metrics);
                return job.Subscribers > 0 ? LeaseState.Held : LeaseState.StopRequested;
            },
            cancellation);

    public Task ReleaseAsync(JobClaim claim, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var job = Guard(session, claim, now);
                session.Execute($"UPDATE job SET attempts = attempts - 1 WHERE id = {job.Id} AND NOT committed");
                EndAttempt(session, job, "released", null, now);
                GiveBack(session, job, now);
            },
            cancellation);

    public Task FailAsync(JobClaim claim, JobFailure failure, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var job = Guard(session, claim, now);
                EndAttempt(session, job, "failed", $"{failure.Code}: {failure.Message}", now);
                if (failure.Retryable && job.Attempts < job.MaxAttempts)
                {
                    GiveBack(session, job, now + options.Backoff(job.Attempts));
                }
                else
                {
                    FailJob(session, job, failure, now);
                }
            },
            cancellation);

    /// <summary>Ends the attempts of every worker now. For the start of the one process that holds the data folder: no worker has outlived the last one, and none has to wait for its lease.</summary>
    /// <returns>How many attempts were ended.</returns>
    public Task<int> EndAttemptsAsync(CancellationToken cancellation = default) =>
        database.WriteAsync(session => ExpireLeases(session, clock.GetUtcNow(), DateTimeOffset.MaxValue), cancellation);

    private JobClaim? Claim(SqliteSession session, WorkerIdentity worker, TimeSpan lease)
    {
        var now = clock.GetUtcNow();
        ExpireLeases(session, now, now);
        var best = session.Find(
            $"""
            SELECT id, key, kind, spec, inputs, epoch + 1 FROM job
            WHERE phase = 'queued' AND code_hash = {worker.CodeHash} AND not_before <= {now} AND kind IN (SELECT value FROM json_each({JobJson.Write(worker.Kinds)}))
            ORDER BY priority DESC, id LIMIT 1
            """,
            row => new { Id = row.Large(0), Claim = new JobClaim(row.Text(1), row.Text(2), row.Text(3), row.Json<Dictionary<string, string>>(4), worker.Name, row.Large(5), null, null) });
        if (best is null)
        {
            return null;
        }

        var claim = WithSnapshot(session, best.Id, best.Claim);
        session.Execute($"""
            UPDATE job
            SET phase = 'running', owner = {claim.Owner}, epoch = {claim.Epoch}, lease_until = {now + lease}, attempts = attempts + 1, committed = 0, resumed_from = {claim.SnapshotStep}
            WHERE id = {best.Id}
            """);
        session.Execute($"INSERT INTO job_attempt (job_id, epoch, owner, resumed_from, started_at) VALUES ({best.Id}, {claim.Epoch}, {claim.Owner}, {claim.SnapshotStep}, {now})");
        return claim;
    }

    /// <summary>Drops the damaged snapshot of a fresh claim, which then starts from the one before. Null when the lease has expired meanwhile.</summary>
    private JobClaim? ForgetSnapshot(SqliteSession session, JobClaim claim)
    {
        var job = JobRow.Find(session, claim.Key);
        if (!Holds(job, claim, clock.GetUtcNow()))
        {
            return null;
        }

        session.Execute($"DELETE FROM job_snapshot WHERE job_id = {job.Id} AND step = {claim.SnapshotStep}");
        var earlier = WithSnapshot(session, job.Id, claim);
        session.Execute($"UPDATE job SET resumed_from = {earlier.SnapshotStep} WHERE id = {job.Id}");
        session.Execute($"UPDATE job_attempt SET resumed_from = {earlier.SnapshotStep} WHERE job_id = {job.Id} AND epoch = {claim.Epoch}");
        return earlier;
    }

    private static JobClaim WithSnapshot(SqliteSession session, long jobId, JobClaim claim)
    {
        var snapshot = session.Find(
            $"SELECT name, kind, media_type, sha256, bytes, step FROM job_snapshot WHERE job_id = {jobId} ORDER BY id DESC LIMIT 1",
            row => new { Reference = new ArtifactReference(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Large(4)), Step = row.Number(5) });
        return claim with { Snapshot = snapshot?.Reference, SnapshotStep = snapshot?.Step };
    }

    /// <summary>Ends attempts whose lease ends by <paramref name="until"/>: their jobs are queued again, parked without subscribers, or fail when too many attempts have ended so.</summary>
    private static int ExpireLeases(SqliteSession session, DateTimeOffset now, DateTimeOffset until)
    {
        var expired = session.Query($"SELECT * FROM job_status WHERE phase = 'running' AND lease_until <= {until}", row => JobRow.Read(row));
        foreach (var job in expired)
        {
            EndAttempt(session, job, "lease-expired", null, now);
            if (job.Attempts >= job.MaxAttempts)
            {
                FailJob(session, job, new JobFailure("attempts-exhausted", $"{job.Attempts} attempts died without a snapshot; the last worker was {job.Owner}. See its log.", Retryable: false), now);
            }
            else
            {
                GiveBack(session, job, now);
            }
        }

        return expired.Count;
    }

    private static bool Holds([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] JobRow? job, JobClaim claim, DateTimeOffset now) =>
        job is { Phase: JobPhase.Running } && job.Owner == claim.Owner && job.Epoch == claim.Epoch && job.LeaseUntil > now;

    private static JobRow Guard(SqliteSession session, JobClaim claim, DateTimeOffset now)
    {
        var job = JobRow.Find(session, claim.Key);
        return Holds(job, claim, now)
            ? job
            : throw new CrescentException("lease-lost", $"Attempt {claim.Epoch} of job {claim.Key} by {claim.Owner} no longer holds the job; it must stop and commit nothing.");
    }

    private static void GiveBack(SqliteSession session, JobRow job, DateTimeOffset notBefore) => session.Execute($"""
        UPDATE job
        SET phase = CASE WHEN subscribers > 0 THEN 'queued' ELSE 'parked' END, owner = NULL, lease_until = NULL, resumed_from = NULL, not_before = {notBefore}
        WHERE id = {job.Id}
        """);

    private static void FailJob(SqliteSession session, JobRow job, JobFailure failure, DateTimeOffset now)
    {
        session.Execute($"""
            UPDATE job
            SET phase = 'failed', owner = NULL, lease_until = NULL, resumed_from = NULL, finished_at = {now},
                failure_code = {failure.Code}, failure_message = {failure.Message}, failure_retryable = {failure.Retryable}
            WHERE id = {job.Id}
            """);
        RefreshPending(session, job.Id);
    }

    private static void EndAttempt(SqliteSession session, JobRow job, string ending, string? error, DateTimeOffset now) =>
        session.Execute($"UPDATE job_attempt SET ended_at = {now}, ending = {ending}, error = {error} WHERE job_id = {job.Id} AND epoch = {job.Epoch}");

    private static void AddMetrics(SqliteSession session, long jobId, IReadOnlyList<MetricPoint> metrics)
    {
        foreach (var point in metrics)
        {
            session.Execute($"INSERT INTO metric (job_id, name, step, value) VALUES ({jobId}, {point.Name}, {point.Step}, {point.Value}) ON CONFLICT DO NOTHING");
        }
    }
}
