using Crescent.Kernels.Jobs;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Jobs;

/// <summary>Subscribing, detaching, and the work cache.</summary>
public sealed partial class SqliteJobQueue
{
    public async Task<JobView> SubscribeAsync(JobRequest request, string runId, int priority, CancellationToken cancellation = default)
    {
        var key = request.Key;
        var damaged = await DamagedOutcomesAsync(key, runId, cancellation);
        return await database.WriteAsync(session => Subscribe(session, request, key, runId, priority, damaged), cancellation);
    }

    public Task UnsubscribeAsync(string runId, CancellationToken cancellation = default) => database.WriteAsync(session => Detach(session, runId), cancellation);

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

    private JobView Subscribe(SqliteSession session, JobRequest request, string key, string runId, int priority, IReadOnlyList<int> damaged)
    {
        var now = clock.GetUtcNow();
        session.Execute($"""
            INSERT INTO job (key, kind, spec, inputs, code_hash, max_attempts, phase, not_before, created_at)
            VALUES ({key}, {request.Kind}, {request.Spec}, {JobJson.Write(new SortedDictionary<string, string>(request.Inputs.ToDictionary(), StringComparer.Ordinal))}, {request.CodeHash}, {request.MaxAttempts}, 'queued', {now}, {now})
            ON CONFLICT (key) DO NOTHING
            """);
        var job = JobRow.Find(session, key)!;
        if (IsSubscribed(session, runId, job.Id))
        {
            return job.View(Subscription.Find(session, runId)!.Hit, now);
        }

        Detach(session, runId);
        var hit = job.Phase == JobPhase.Succeeded && damaged.Count == 0;
        session.Execute($"""
            INSERT INTO job_subscription (run_id, job_id, priority, active, hit) VALUES ({runId}, {job.Id}, {priority}, 1, {hit})
            ON CONFLICT (run_id) DO UPDATE SET
                job_id = excluded.job_id, priority = excluded.priority, active = 1, hit = excluded.hit, failure_acknowledged = 0,
                acknowledged = CASE WHEN job_id = excluded.job_id THEN acknowledged ELSE 0 END
            """);
        Recount(session, job.Id);
        if (job.Phase is JobPhase.Succeeded or JobPhase.Failed or JobPhase.Parked && !hit)
        {
            Withhold(session, job.Id, damaged);
            session.Execute($"""
                UPDATE job
                SET phase = 'queued', not_before = {now}, attempts = CASE phase WHEN 'parked' THEN attempts ELSE 0 END, finished_at = NULL, failure_code = NULL, failure_message = NULL, failure_retryable = NULL
                WHERE id = {job.Id}
                """);
        }

        RefreshPending(session, job.Id);
        return JobRow.Find(session, job.Id)!.View(hit, now);
    }

    /// <summary>Keeps outcomes back until they are committed again, with the completion, and forgets the snapshots from which the job would not make them again.</summary>
    private static void Withhold(SqliteSession session, long jobId, IReadOnlyList<int> damaged)
    {
        if (damaged.Count > 0)
        {
            session.Execute($"UPDATE job_outcome SET withheld = 1 WHERE job_id = {jobId} AND (kind = {OutcomeKinds.Completed} OR seq IN (SELECT value FROM json_each({JobJson.Write(damaged)})))");
            session.Execute($"DELETE FROM job_snapshot WHERE job_id = {jobId} AND outcomes >= {damaged.Min()}");
            RefreshDeliverable(session, jobId);
        }
    }

    private static void RefreshDeliverable(SqliteSession session, long jobId) =>
        session.Execute($"UPDATE job SET deliverable = coalesce((SELECT min(seq) - 1 FROM job_outcome WHERE job_id = {jobId} AND withheld), outcomes) WHERE id = {jobId}");

    private static bool IsSubscribed(SqliteSession session, string runId, long jobId) => Subscription.Find(session, runId) is { Active: true } subscription && subscription.JobId == jobId;

    private static void Detach(SqliteSession session, string runId)
    {
        if (session.Scalar($"UPDATE job_subscription SET active = 0, pending = 0 WHERE run_id = {runId} AND active RETURNING job_id") is { } jobId)
        {
            Recount(session, jobId);
            session.Execute($"UPDATE job SET phase = 'parked' WHERE id = {jobId} AND phase = 'queued' AND subscribers = 0");
        }
    }

    private static void Recount(SqliteSession session, long jobId) => session.Execute($"""
        UPDATE job
        SET (subscribers, priority) = (SELECT count(*), coalesce(max(s.priority), 0) FROM job_subscription s WHERE s.job_id = {jobId} AND s.active)
        WHERE id = {jobId}
        """);
}
