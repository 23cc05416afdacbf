using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>Claims, leases, and the ends of attempts.</summary>
public partial class SqlJobQueue
{
    public async Task<JobClaim?> ClaimAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default)
    {
        var claim = await ClaimBestAsync(worker, lease, cancellation);
        if (claim?.Schedule is not null)
        {
            claim = await database.WriteAsync(session => Place(session, claim), cancellation);
        }

        while (claim?.Snapshot is { } snapshot && !await blobs.VerifyAsync(snapshot.Sha256, cancellation))
        {
            claim = await database.WriteAsync(session => ForgetSnapshot(session, claim), cancellation);
        }

        return claim;
    }

    public Task<LeaseRenewal> HeartbeatAsync(JobClaim claim, TimeSpan lease, JobProgress? progress, IReadOnlyList<MetricPoint> metrics, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                if (HeldJob.Find(session, claim.Key) is not { } job || !job.IsHeldBy(claim, now))
                {
                    return new LeaseRenewal(LeaseState.Lost);
                }

                session.Execute($"UPDATE job SET lease_until = {now + lease}, progress = coalesce({(progress is null ? null : JobJson.Write(progress))}, progress) WHERE id = {job.Id}");
                SqlMetrics.Add(session, job.Id, metrics);
                return new LeaseRenewal(job.Subscribers > 0 ? LeaseState.Held : LeaseState.StopRequested, job.Scheduled ? ScheduleOf(session, job) : null);
            },
            cancellation);

    public Task ReleaseAsync(JobClaim claim, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var job = Guard(session, claim, now);
                session.Execute($"UPDATE job SET attempts = attempts - 1 WHERE id = {job.Id} AND NOT committed");
                EndAttempt(session, job.Id, job.Epoch, "released", null, now);
                GiveBack(session, job.Id, now, now);
            },
            cancellation);

    public Task FailAsync(JobClaim claim, JobFailure failure, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var job = Guard(session, claim, now);
                EndAttempt(session, job.Id, job.Epoch, "failed", $"{failure.Code}: {failure.Message}", now);
                if (failure.Retryable && job.Attempts < job.Retry.MaxAttempts)
                {
                    GiveBack(session, job.Id, now + job.Retry.Backoff(job.Attempts), now);
                }
                else
                {
                    FailJob(session, job.Id, failure, now);
                }
            },
            cancellation);

    private protected virtual Task<JobClaim?> ClaimBestAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation) => database.WriteAsync(session => Claim(session, worker, lease, onlyFresh: false), cancellation);

    /// <param name="onlyFresh">True: null when the best job was claimed before or has a schedule, since its snapshot and its schedule are still to be found out.</param>
    private JobClaim? Claim(SqlSession session, WorkerIdentity worker, TimeSpan lease, bool onlyFresh)
    {
        var now = clock.GetUtcNow();
        if (IsSweepDue(now))
        {
            Sweep(session, now);
        }

        if (FindBest(session, worker, now) is not { } best || (onlyFresh && best.Claim is not { Epoch: 1, Schedule: null }))
        {
            return null;
        }

        // A job that was never claimed has no snapshot.
        var claim = best.Claim.Epoch == 1 ? best.Claim : WithSnapshot(session, best.Id, best.Claim);
        session.Execute($"""
            UPDATE job
            SET phase = 'running', owner = {claim.Owner}, epoch = {claim.Epoch}, lease_until = {now + lease}, attempts = attempts + 1, committed = FALSE, resumed_from = {claim.SnapshotStep}
            WHERE id = {best.Id}
            """);
        session.Execute($"INSERT INTO job_attempt (job_id, epoch, owner, resumed_from, started_at) VALUES ({best.Id}, {claim.Epoch}, {claim.Owner}, {claim.SnapshotStep}, {now})");
        return claim;
    }

    /// <summary>Drops the damaged snapshot of a fresh claim, which then starts from the one before. Null when the lease has expired meanwhile, and when the job has failed, since it has committed outcomes and no snapshot is left.</summary>
    private JobClaim? ForgetSnapshot(SqlSession session, JobClaim claim)
    {
        if (HeldJob.Find(session, claim.Key) is not { } job || !job.IsHeldBy(claim, clock.GetUtcNow()))
        {
            return null;
        }

        session.Execute($"DELETE FROM job_snapshot WHERE job_id = {job.Id} AND step = {claim.SnapshotStep}");
        var earlier = WithSnapshot(session, job.Id, claim);
        if (earlier.Snapshot is null && job.Outcomes > 0 && earlier.Schedule is not { Completed: true })
        {
            // It might make other bytes of what others have used already, where the engine is not deterministic: somebody has to want that.
            var failure = new JobFailure("snapshot-damaged", $"No snapshot of the job is left undamaged, and {job.Outcomes} of its outcomes are committed: it does not start from zero by itself. Retry the run to have it made anew.", Retryable: false);
            EndAttempt(session, job.Id, job.Epoch, "failed", $"{failure.Code}: {failure.Message}", clock.GetUtcNow());
            FailJob(session, job.Id, failure, clock.GetUtcNow());
            return null;
        }

        NoteStart(session, job, earlier);
        return earlier;
    }

    private static JobClaim WithSnapshot(SqlSession session, long jobId, JobClaim claim)
    {
        var schedule = claim.Schedule is null ? null : JobSchedule.Read(session, jobId);
        FormattableString latest = $"SELECT name, kind, media_type, sha256, bytes, step FROM job_snapshot WHERE job_id = {jobId} ORDER BY id DESC LIMIT 1";
        FormattableString nearest = $"SELECT name, kind, media_type, sha256, bytes, step FROM job_snapshot WHERE job_id = {jobId} AND step <= {schedule?.LatestStart ?? 0} ORDER BY step DESC LIMIT 1";
        var snapshot = session.Find(
            schedule is { Completed: true } ? nearest : latest,
            row => new { Reference = new ArtifactReference(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Large(4)), Step = row.Number(5) });
        return claim with { Snapshot = snapshot?.Reference, SnapshotStep = snapshot?.Step, Schedule = schedule?.From(snapshot?.Step ?? 0) };
    }

    private static void NoteStart(SqlSession session, HeldJob job, JobClaim claim)
    {
        session.Execute($"UPDATE job SET resumed_from = {claim.SnapshotStep} WHERE id = {job.Id}");
        session.Execute($"UPDATE job_attempt SET resumed_from = {claim.SnapshotStep} WHERE job_id = {job.Id} AND epoch = {claim.Epoch}");
    }

    private static HeldJob Guard(SqlSession session, JobClaim claim, DateTimeOffset now) =>
        HeldJob.Find(session, claim.Key) is { } job && job.IsHeldBy(claim, now) ? job : throw HeldJob.Lost(claim);

    private static void GiveBack(SqlSession session, long jobId, DateTimeOffset notBefore, DateTimeOffset now)
    {
        session.Execute($"""
            UPDATE job
            SET phase = CASE WHEN subscribers > 0 THEN 'queued' ELSE 'parked' END, owner = NULL, lease_until = NULL, resumed_from = NULL, not_before = {notBefore}
            WHERE id = {jobId}
            """);
        session.Hint(QueuedHint);
        SucceedIfMet(session, jobId, now);
    }

    private static void FailJob(SqlSession session, long jobId, JobFailure failure, DateTimeOffset now)
    {
        session.Execute($"""
            UPDATE job
            SET phase = 'failed', owner = NULL, lease_until = NULL, resumed_from = NULL, finished_at = {now},
                failure_code = {failure.Code}, failure_message = {failure.Message}, failure_retryable = {failure.Retryable}
            WHERE id = {jobId}
            """);
        RefreshPending(session, jobId);
    }

    private static void EndAttempt(SqlSession session, long jobId, long epoch, string ending, string? error, DateTimeOffset now) =>
        session.Execute($"UPDATE job_attempt SET ended_at = {now}, ending = {ending}, error = {error} WHERE job_id = {jobId} AND epoch = {epoch}");
}
