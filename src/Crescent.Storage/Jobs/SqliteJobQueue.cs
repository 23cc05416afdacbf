using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>
/// The job queue on SQLite. Every method is one transaction that may be repeated: a caller that never learns how its call ended calls again (a repeat of a call that ended its attempt finds the lease lost, and changes nothing). This file holds the grains' side but for the subscriptions themselves;
/// those are in <c>SqliteJobQueue.Subscriptions.cs</c>, the workers' side in <c>.Work.cs</c> and <c>.Commit.cs</c>, what decides which job is next in <c>.Scheduling.cs</c>, and what ends by time in <c>.Sweep.cs</c>.
/// </summary>
public sealed partial class SqliteJobQueue(SqlDatabase database, IBlobStore blobs, TimeProvider clock, JobQueueOptions? options = null) : IJobQueue, IWorkQueue, IJobHistory, IWorkerRegistry
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
            session => session.Execute($"""
                UPDATE job_subscription
                SET acknowledged = a.acknowledged, failure_acknowledged = a.failure_acknowledged, pending = active AND (a.deliverable > a.acknowledged OR (a.failed AND NOT a.failure_acknowledged))
                FROM (
                    SELECT max(s.acknowledged, min({sequence}, job.outcomes)) AS acknowledged, max(s.failure_acknowledged, {failure}) AS failure_acknowledged, job.deliverable, job.phase = 'failed' AS failed
                    FROM job_subscription s JOIN job ON job.id = s.job_id WHERE s.run_id = {runId}) a
                WHERE run_id = {runId}
                """),
            cancellation);

    public Task<JobView?> FindAsync(string key, CancellationToken cancellation = default) =>
        database.ReadAsync(session => JobRow.Find(session, key)?.View(hit: false, clock.GetUtcNow()), cancellation);

    public Task<IReadOnlyList<JobAttempt>> AttemptsAsync(string key, CancellationToken cancellation = default) =>
        database.ReadAsync<IReadOnlyList<JobAttempt>>(
            session => session.Query(
                $"SELECT epoch, owner, resumed_from, started_at, ended_at, ending, error FROM job_attempt WHERE job_id = (SELECT id FROM job WHERE key = {key}) ORDER BY epoch",
                row => new JobAttempt(row.Large(0), row.Text(1), row.NumberOrNull(2), row.Time(3), row.TimeOrNull(4), row.TextOrNull(5), row.TextOrNull(6))),
            cancellation);

    private static JobDelivery? ReadDelivery(SqlSession session, string runId)
    {
        var outcomes = new List<JobOutcome>();
        var found = session.Query(
            $"""
            SELECT job.id, job.key, job.phase, CASE WHEN NOT s.failure_acknowledged THEN job.failure_code END, job.failure_message, job.failure_retryable,
                   o.seq, o.kind, o.step, o.payload, EXISTS (SELECT 1 FROM artifact a WHERE a.job_id = job.id AND a.seq = o.seq)
            FROM job_subscription s JOIN job ON job.id = s.job_id LEFT JOIN job_outcome o ON o.job_id = job.id AND o.seq > s.acknowledged AND o.seq <= job.deliverable
            WHERE s.run_id = {runId} AND s.active ORDER BY o.seq
            """,
            row =>
            {
                if (row.NumberOrNull(6) is { } sequence)
                {
                    outcomes.Add(new JobOutcome(sequence, row.Text(7), row.Number(8), row.Text(9), row.Flag(10) ? Artifacts(session, row.Large(0), sequence) : []));
                }

                return new JobDelivery(row.Text(1), JobRow.ParsePhase(row.Text(2)), outcomes, row.TextOrNull(3) is { } code ? new JobFailure(code, row.Text(4), row.Flag(5)) : null);
            });
        return found.Count == 0 ? null : found[0];
    }

    private static List<ArtifactReference> Artifacts(SqlSession session, long jobId, int sequence) => session.Query(
        $"SELECT name, kind, media_type, sha256, bytes FROM artifact WHERE job_id = {jobId} AND seq = {sequence} ORDER BY position",
        row => new ArtifactReference(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Large(4)));

    /// <summary>To be called by every write that can change what waits for a subscriber of the job.</summary>
    private static void RefreshPending(SqlSession session, long jobId) => session.Execute($"""
        UPDATE job_subscription
        SET pending = active AND EXISTS (
            SELECT 1 FROM job WHERE id = job_id AND (deliverable > acknowledged OR (phase = 'failed' AND NOT failure_acknowledged)))
        WHERE job_id = {jobId}
        """);
}
