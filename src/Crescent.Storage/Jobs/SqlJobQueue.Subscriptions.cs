using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>Subscribing, detaching, and the work cache.</summary>
public partial class SqlJobQueue
{
    public async Task<JobView> SubscribeAsync(JobRequest request, string runId, int priority, CancellationToken cancellation = default)
    {
        request.Scheduling.Check();
        var (key, lane) = (request.Key, JobLane.Of(request));
        var laneId = await LaneIdAsync(lane, cancellation);
        if (await SubscribeToNewAsync(request, key, laneId, runId, priority, cancellation))
        {
            return new JobView(key, request.Kind, JobPhase.Queued, Hit: false, 0, 0, null, null, null, null, null);
        }

        var damaged = await DamagedOutcomesAsync(key, runId, cancellation);
        return await database.WriteAsync(session => Subscribe(session, request, key, laneId, runId, priority, damaged), cancellation);
    }

    public Task UnsubscribeAsync(string runId, CancellationToken cancellation = default) => database.WriteAsync(session => Detach(session, runId, clock.GetUtcNow()), cancellation);

    public Task ForgetAsync(string runId, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                Detach(session, runId, clock.GetUtcNow());
                session.Execute($"UPDATE job_subscription SET acknowledged = 0 WHERE run_id = {runId}");
            },
            cancellation);

    /// <summary>Outcomes of an idle job that a new subscriber cannot use, because a blob of theirs is missing or damaged. Blobs are read outside of any transaction.</summary>
    private async Task<IReadOnlyList<int>> DamagedOutcomesAsync(string key, string runId, CancellationToken cancellation)
    {
        var artifacts = await database.ReadAsync(
            session => JobRow.Find(session, key) is { Phase: JobPhase.Succeeded or JobPhase.Failed or JobPhase.Parked } job && !IsSubscribed(session, runId, job.Id)
                ? session.Query($"SELECT seq, sha256 FROM artifact WHERE job_id = {job.Id} ORDER BY seq", row => (Sequence: row.Number(0), Sha256: row.Text(1)))
                : [],
            cancellation);
        var damaged = new List<int>();
        foreach (var (sequence, sha256) in artifacts)
        {
            if (!await blobs.VerifyAsync(sha256, cancellation))
            {
                damaged.Add(sequence);
            }
        }

        return damaged;
    }

    /// <summary>The usual case: neither the job nor the run is known. False, and nothing done, when one of them is.</summary>
    private protected virtual Task<bool> SubscribeToNewAsync(JobRequest request, string key, long laneId, string runId, int priority, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                if (session.Scalar($"SELECT 1 FROM job_subscription WHERE run_id = {runId}") is not null || AddJob(session, request, key, laneId, subscribers: 1, priority) is not { } jobId)
                {
                    return false;
                }

                session.Execute($"""
                    INSERT INTO job_subscription (run_id, job_id, priority, active, hit, study, deadline) VALUES ({runId}, {jobId}, {priority}, TRUE, FALSE, {request.Scheduling.Study ?? ""}, {request.Scheduling.Deadline})
                    """);
                Want(session, jobId, runId, request.Checkpoints ?? []);
                session.Hint(QueuedHint);
                return true;
            },
            cancellation);

    /// <summary>Makes who else changes the job or its subscriptions wait.</summary>
    private static void LockJob(SqlSession session, string key) => session.Scalar($"SELECT id FROM job WHERE key = {key} /*FOR UPDATE*/");

    /// <summary>The new job's id; null when there is one of that key.</summary>
    private long? AddJob(SqlSession session, JobRequest request, string key, long laneId, int subscribers, int priority)
    {
        var now = clock.GetUtcNow();
        var retry = request.Scheduling.Retry ?? Options.Retry;
        return session.Scalar($"""
            INSERT INTO job (key, kind, spec, inputs, code_hash, lane_id, max_attempts, first_backoff, longest_backoff, deadline, phase, subscribers, priority, not_before, created_at, scheduled)
            VALUES ({key}, {request.Kind}, {request.Spec}, {Inputs(request)}, {request.CodeHash}, {laneId}, {retry.MaxAttempts}, {retry.FirstBackoff}, {retry.LongestBackoff}, {request.Scheduling.Deadline}, 'queued', {subscribers}, {priority}, {now}, {now}, {request.Checkpoints is not null})
            ON CONFLICT (key) DO NOTHING RETURNING id
            """);
    }

    private protected static string Inputs(JobRequest request) => request.Inputs.Count == 0 ? "{}" : JobJson.Write(new SortedDictionary<string, string>(request.Inputs.ToDictionary(), StringComparer.Ordinal));

    private JobView Subscribe(SqlSession session, JobRequest request, string key, long laneId, string runId, int priority, IReadOnlyList<int> damaged)
    {
        var now = clock.GetUtcNow();
        AddJob(session, request, key, laneId, subscribers: 0, priority);
        LockJob(session, key);
        var job = JobRow.Find(session, key)!;
        Want(session, job.Id, runId, request.Checkpoints ?? []);
        var schedule = request.Checkpoints is null ? null : JobSchedule.Read(session, job.Id, runId);
        if (IsSubscribed(session, runId, job.Id))
        {
            if (job.Phase == JobPhase.Succeeded && schedule is { IsMet: false })
            {
                Requeue(session, job.Id, request, laneId, now);
            }

            return JobRow.Find(session, job.Id)!.View(Subscription.Find(session, runId)!.Hit, now);
        }

        Detach(session, runId, now);
        var idle = job.Phase is JobPhase.Succeeded or JobPhase.Failed or JobPhase.Parked;
        var hit = idle && damaged.Count == 0 && (schedule?.IsMet ?? job.Phase == JobPhase.Succeeded);
        if (hit || (idle && damaged.Count == 0 && schedule is { Completed: true }))
        {
            KeepArtifacts(session, job.Id, now);
        }

        session.Execute($"""
            INSERT INTO job_subscription (run_id, job_id, priority, active, hit, study, deadline) VALUES ({runId}, {job.Id}, {priority}, TRUE, {hit}, {request.Scheduling.Study ?? ""}, {request.Scheduling.Deadline})
            ON CONFLICT (run_id) DO UPDATE SET
                job_id = excluded.job_id, priority = excluded.priority, active = TRUE, hit = excluded.hit, failure_acknowledged = FALSE, study = excluded.study, deadline = excluded.deadline,
                acknowledged = CASE WHEN job_subscription.job_id = excluded.job_id THEN job_subscription.acknowledged ELSE 0 END
            """);
        if (idle && !(hit && job.Phase == JobPhase.Succeeded))
        {
            Withhold(session, job.Id, damaged, schedule is not null);
            Requeue(session, job.Id, request, laneId, now);
        }

        Recount(session, job.Id);
        SucceedIfMet(session, job.Id, now);
        RefreshPending(session, job.Id);
        session.Hint(QueuedHint);
        return JobRow.Find(session, job.Id)!.View(hit, now);
    }

    private void Requeue(SqlSession session, long jobId, JobRequest request, long laneId, DateTimeOffset now)
    {
        var retry = request.Scheduling.Retry ?? Options.Retry;
        session.Execute($"""
            UPDATE job
            SET phase = 'queued', not_before = {now}, attempts = CASE phase WHEN 'parked' THEN attempts ELSE 0 END, finished_at = NULL, failure_code = NULL, failure_message = NULL, failure_retryable = NULL,
                lane_id = {laneId}, max_attempts = {retry.MaxAttempts}, first_backoff = {retry.FirstBackoff}, longest_backoff = {retry.LongestBackoff}
            WHERE id = {jobId}
            """);
        session.Hint(QueuedHint);
    }

    /// <summary>
    /// Keeps outcomes back until they are committed again. A job with a schedule is taken up again for just these; any other makes everything again from the last snapshot before them to its completion.
    /// </summary>
    private static void Withhold(SqlSession session, long jobId, IReadOnlyList<int> damaged, bool scheduled)
    {
        if (damaged.Count > 0 && scheduled)
        {
            session.Execute($"UPDATE job_outcome SET withheld = TRUE WHERE job_id = {jobId} AND seq IN {damaged}");
            RefreshDeliverable(session, jobId);
        }
        else if (damaged.Count > 0)
        {
            session.Execute($"UPDATE job_outcome SET withheld = TRUE WHERE job_id = {jobId} AND (kind = {OutcomeKinds.Completed} OR seq IN {damaged})");
            session.Execute($"DELETE FROM job_snapshot WHERE job_id = {jobId} AND outcomes >= {damaged.Min()}");
            RefreshDeliverable(session, jobId);
        }
    }

    private static void RefreshDeliverable(SqlSession session, long jobId) =>
        session.Execute($"UPDATE job SET deliverable = coalesce((SELECT min(seq) - 1 FROM job_outcome WHERE job_id = {jobId} AND withheld), outcomes) WHERE id = {jobId}");

    /// <summary>A collector that has taken an artifact since it was verified: the next try finds it missing, and no hit.</summary>
    private static void KeepArtifacts(SqlSession session, long jobId, DateTimeOffset now)
    {
        var hashes = session.Query($"SELECT DISTINCT sha256 FROM artifact WHERE job_id = {jobId}", row => row.Text(0));
        if (hashes.Count > 0 && SqlBlobLedger.Keep(session, hashes, now) is { } gone)
        {
            throw new CrescentException("artifact-missing", $"Artifact {gone} is being collected; ask again.", retryable: true);
        }
    }

    private static bool IsSubscribed(SqlSession session, string runId, long jobId) => Subscription.Find(session, runId) is { Active: true } subscription && subscription.JobId == jobId;

    private static void Detach(SqlSession session, string runId, DateTimeOffset now)
    {
        session.Scalar($"SELECT id FROM job WHERE id = (SELECT job_id FROM job_subscription WHERE run_id = {runId}) /*FOR UPDATE*/");
        if (session.Scalar($"UPDATE job_subscription SET active = FALSE, pending = FALSE WHERE run_id = {runId} AND active RETURNING job_id") is { } jobId)
        {
            Recount(session, jobId);
            session.Execute($"UPDATE job SET phase = 'parked' WHERE id = {jobId} AND phase = 'queued' AND subscribers = 0");
            SucceedIfMet(session, jobId, now);
        }
    }

    /// <summary>What the job has from its active subscriptions. Without any it keeps study and deadline, which mean nothing then.</summary>
    private static void Recount(SqlSession session, long jobId)
    {
        session.Execute($"""
            UPDATE job
            SET (subscribers, priority, deadline) = (
                SELECT count(*), coalesce(max(s.priority), 0), CASE WHEN count(s.deadline) = count(*) THEN max(s.deadline) END FROM job_subscription s WHERE s.job_id = {jobId} AND s.active)
            WHERE id = {jobId}
            """);
        var moved = session.Find(
            $"""
            SELECT l.code_hash, l.kind, s.study, l.engine, l.memory_mib, l.accelerator, l.labels
            FROM job_subscription s JOIN job ON job.id = s.job_id JOIN job_lane l ON l.id = job.lane_id
            WHERE s.job_id = {jobId} AND s.active ORDER BY s.priority DESC, s.run_id LIMIT 1
            """,
            row => new JobLane(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Number(4), row.Text(5), row.Text(6)));
        if (moved is not null)
        {
            session.Execute($"UPDATE job SET lane_id = {LaneId(session, moved)} WHERE id = {jobId}");
        }
    }
}
