using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Jobs;

/// <summary>
/// The job queue on SQLite. Every method is one transaction that may be repeated: a caller that never learns how its call ended calls again (a repeat of a call that ended its attempt finds the lease lost, and changes nothing). This file holds the grains' side but for the subscriptions themselves;
/// those are in <c>SqliteJobQueue.Subscriptions.cs</c>, the workers' side in <c>.Work.cs</c> and <c>.Commit.cs</c>.
/// </summary>
public sealed partial class SqliteJobQueue(SqliteDatabase database, IBlobStore blobs, TimeProvider clock, JobQueueOptions? options = null) : IJobQueue, IWorkQueue, IJobHistory
{
    private readonly JobQueueOptions options = options ?? new JobQueueOptions();

    // Where the last PendingRunsAsync ended: runs whose delivery keeps failing do not starve the others.
    private string pendingCursor = "";

    public async Task<IReadOnlyList<string>> PendingRunsAsync(int limit, CancellationToken cancellation = default)
    {
        var from = Volatile.Read(ref pendingCursor);
        var runs = await database.ReadAsync(
            session =>
            {
                var runs = session.Query($"SELECT run_id FROM job_subscription WHERE pending = 1 AND run_id > {from} ORDER BY run_id LIMIT {limit}", row => row.Text(0));
                runs.AddRange(session.Query($"SELECT run_id FROM job_subscription WHERE pending = 1 AND run_id <= {from} ORDER BY run_id LIMIT {limit - runs.Count}", row => row.Text(0)));
                return runs;
            },
            cancellation);
        Volatile.Write(ref pendingCursor, runs.Count > 0 ? runs[^1] : "");
        return runs;
    }

    public Task<JobDelivery?> ReadDeliveryAsync(string runId, CancellationToken cancellation = default) => database.ReadAsync(session => ReadDelivery(session, runId), cancellation);

    public Task AcknowledgeAsync(string runId, int sequence, bool failure, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var jobId = session.Scalar($"""
                    UPDATE job_subscription
                    SET acknowledged = max(acknowledged, min({sequence}, (SELECT outcomes FROM job WHERE id = job_id))), failure_acknowledged = max(failure_acknowledged, {failure})
                    WHERE run_id = {runId}
                    RETURNING job_id
                    """);
                if (jobId is { } id)
                {
                    RefreshPending(session, id);
                }
            },
            cancellation);

    public Task<JobView?> FindAsync(string key, CancellationToken cancellation = default) =>
        database.ReadAsync(session => JobRow.Find(session, key)?.View(hit: false, clock.GetUtcNow()), cancellation);

    public Task<IReadOnlyList<JobAttempt>> AttemptsAsync(string key, CancellationToken cancellation = default) =>
        database.ReadAsync<IReadOnlyList<JobAttempt>>(
            session => session.Query(
                $"SELECT epoch, owner, resumed_from, started_at, ended_at, ending, error FROM job_attempt WHERE job_id = (SELECT id FROM job WHERE key = {key}) ORDER BY epoch",
                row => new JobAttempt(row.Large(0), row.Text(1), row.NumberOrNull(2), row.Time(3), row.TimeOrNull(4), row.TextOrNull(5), row.TextOrNull(6))),
            cancellation);

    private static JobDelivery? ReadDelivery(SqliteSession session, string runId)
    {
        var subscription = Subscription.Find(session, runId);
        if (subscription is not { Active: true })
        {
            return null;
        }

        var job = JobRow.Find(session, subscription.JobId)!;
        var artifacts = session.Query(
            $"SELECT seq, name, kind, media_type, sha256, bytes FROM artifact WHERE job_id = {job.Id} AND seq > {subscription.Acknowledged} AND seq <= {job.Deliverable} ORDER BY seq, position",
            row => (Sequence: row.Number(0), Artifact: new ArtifactReference(row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Large(5))))
            .ToLookup(row => row.Sequence, row => row.Artifact);
        var outcomes = session.Query(
            $"SELECT seq, kind, step, payload FROM job_outcome WHERE job_id = {job.Id} AND seq > {subscription.Acknowledged} AND seq <= {job.Deliverable} ORDER BY seq",
            row => new JobOutcome(row.Number(0), row.Text(1), row.Number(2), row.Text(3), [.. artifacts[row.Number(0)]]));
        return new JobDelivery(job.Key, job.Phase, outcomes, subscription.FailureAcknowledged ? null : job.Failure);
    }

    /// <summary>To be called by every write that can change what waits for a subscriber of the job.</summary>
    private static void RefreshPending(SqliteSession session, long jobId) => session.Execute($"""
        UPDATE job_subscription
        SET pending = active AND EXISTS (
            SELECT 1 FROM job WHERE id = job_id AND (deliverable > acknowledged OR (phase = 'failed' AND NOT failure_acknowledged)))
        WHERE job_id = {jobId}
        """);
}
