using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>
/// The job queue in SQL, on either database. Every method is one transaction that may be repeated: a caller that never learns how its call ended calls again (a repeat of a call that ended its attempt finds the lease lost, and changes nothing). This file holds the grains' side but for the subscriptions themselves;
/// those are in <c>SqlJobQueue.Subscriptions.cs</c>, the workers' side in <c>.Work.cs</c> and <c>.Commit.cs</c>, what decides which job is next in <c>.Scheduling.cs</c>, what ends by time in <c>.Sweep.cs</c>, and who is woken in <c>.Hints.cs</c>.
/// </summary>
public partial class SqlJobQueue(SqlDatabase database, IBlobStore blobs, TimeProvider clock, JobQueueOptions? options = null) : IJobQueue, IWorkQueue, IJobHistory, IWorkerRegistry
{
    private protected JobQueueOptions Options { get; } = options ?? new JobQueueOptions();

    // Runs that are told something at the same time read it in one go.
    private readonly Combiner<string, JobDelivery?> deliveries = new(runs => database.ReadAsync(session => ReadDeliveries(session, runs)), MaxReadTogether);

    private const int MaxReadTogether = 64;

    // Where the last PendingRunsAsync ended: runs whose delivery keeps failing do not starve the others.
    private string pendingCursor = "";

    public async Task<IReadOnlyList<string>> PendingRunsAsync(int limit, CancellationToken cancellation = default)
    {
        var from = Volatile.Read(ref pendingCursor);
        var runs = await database.ReadAsync(
            session =>
            {
                var runs = session.Query($"SELECT run_id FROM job_subscription WHERE pending AND run_id > {from} ORDER BY run_id LIMIT {limit}", row => row.Text(0));
                runs.AddRange(session.Query($"SELECT run_id FROM job_subscription WHERE pending AND run_id <= {from} ORDER BY run_id LIMIT {limit - runs.Count}", row => row.Text(0)));
                return runs;
            },
            cancellation);
        Volatile.Write(ref pendingCursor, runs.Count > 0 ? runs[^1] : "");
        return runs;
    }

    public Task<JobDelivery?> ReadDeliveryAsync(string runId, CancellationToken cancellation = default) => deliveries.RunAsync(runId).WaitAsync(cancellation);

    public virtual Task AcknowledgeAsync(string runId, int sequence, bool failure, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session => session.Execute($"""
                UPDATE job_subscription
                SET acknowledged = a.acknowledged, failure_acknowledged = a.failure_acknowledged, pending = active AND (a.deliverable > a.acknowledged OR (a.failed AND NOT a.failure_acknowledged))
                FROM (
                    SELECT CASE WHEN {sequence} <= s.acknowledged THEN s.acknowledged WHEN {sequence} <= job.outcomes THEN {sequence} ELSE job.outcomes END AS acknowledged,
                           s.failure_acknowledged OR {failure} AS failure_acknowledged, job.deliverable, job.phase = 'failed' AS failed
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

    private static IReadOnlyList<JobDelivery?> ReadDeliveries(SqlSession session, IReadOnlyList<string> runs)
    {
        var found = new Dictionary<string, JobDelivery>(StringComparer.Ordinal);
        var outcomes = new Dictionary<string, List<JobOutcome>>(StringComparer.Ordinal);
        var withArtifacts = new List<(string Run, long JobId)>();
        session.Query(
            $"""
            SELECT s.run_id, job.id, job.key, job.phase, CASE WHEN NOT s.failure_acknowledged THEN job.failure_code END, job.failure_message, job.failure_retryable,
                   o.seq, o.kind, o.step, o.payload, EXISTS (SELECT 1 FROM artifact a WHERE a.job_id = job.id AND a.seq = o.seq)
            FROM job_subscription s JOIN job ON job.id = s.job_id LEFT JOIN job_outcome o ON o.job_id = job.id AND o.seq > s.acknowledged AND o.seq <= job.deliverable
            WHERE s.run_id IN {runs} AND s.active ORDER BY s.run_id, o.seq
            """,
            row =>
            {
                var run = row.Text(0);
                if (!found.ContainsKey(run))
                {
                    found.Add(run, new JobDelivery(row.Text(2), JobRow.ParsePhase(row.Text(3)), outcomes[run] = [], row.TextOrNull(4) is { } code ? new JobFailure(code, row.Text(5), row.Flag(6)) : null));
                }

                if (row.NumberOrNull(7) is { } sequence)
                {
                    outcomes[run].Add(new JobOutcome(sequence, row.Text(8), row.Number(9), row.Text(10), []));
                    if (row.Flag(11))
                    {
                        withArtifacts.Add((run, row.Large(1)));
                    }
                }

                return run;
            });
        foreach (var (run, jobId) in withArtifacts.Distinct())
        {
            AddArtifacts(session, jobId, outcomes[run]);
        }

        return [.. runs.Select(found.GetValueOrDefault)];
    }

    private static void AddArtifacts(SqlSession session, long jobId, List<JobOutcome> outcomes)
    {
        var artifacts = session.Query(
            $"SELECT seq, name, kind, media_type, sha256, bytes FROM artifact WHERE job_id = {jobId} AND seq >= {outcomes[0].Sequence} AND seq <= {outcomes[^1].Sequence} ORDER BY seq, position",
            row => (Sequence: row.Number(0), Artifact: new ArtifactReference(row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Large(5))))
            .ToLookup(row => row.Sequence, row => row.Artifact);
        for (var i = 0; i < outcomes.Count; i++)
        {
            outcomes[i] = outcomes[i] with { Artifacts = [.. artifacts[outcomes[i].Sequence]] };
        }
    }

    /// <summary>To be called by every write that can change what waits for a subscriber of the job.</summary>
    private static void RefreshPending(SqlSession session, long jobId)
    {
        session.Execute($"""
            UPDATE job_subscription
            SET pending = active AND EXISTS (
                SELECT 1 FROM job WHERE id = job_id AND (deliverable > acknowledged OR (phase = 'failed' AND NOT failure_acknowledged)))
            WHERE job_id = {jobId}
            """);
        session.Hint(ToldHint);
    }
}
