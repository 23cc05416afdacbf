using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>Many claims and completions at once.</summary>
public sealed partial class PostgresJobQueue
{
    // Two claims must not both take the last place of a study; without limits they need not wait for one another.
    private const string LockLimitsSql = "SELECT pg_advisory_xact_lock(hashtextextended('job-limits', 0)) WHERE EXISTS (SELECT 1 FROM job_study)";

    // The same order as one claim after the other: within a study by priority and age, and the nth of a study counts those before it as running.
    private const string ClaimSql = """
        WITH RECURSIVE waiting (lane_id) AS (
            SELECT min(lane_id) FROM job WHERE phase = 'queued'
            UNION ALL
            SELECT (SELECT min(lane_id) FROM job WHERE phase = 'queued' AND lane_id > waiting.lane_id) FROM waiting WHERE waiting.lane_id IS NOT NULL
        ),
        running AS (SELECT l.study, count(*) AS jobs FROM job JOIN job_lane l ON l.id = job.lane_id WHERE job.phase = 'running' GROUP BY l.study),
        lane AS (
            SELECT l.id, l.study, coalesce(r.jobs, 0) AS jobs, s.max_running
            FROM waiting JOIN job_lane l ON l.id = waiting.lane_id LEFT JOIN running r ON r.study = l.study LEFT JOIN job_study s ON s.study = l.study
            WHERE l.code_hash = $2 AND l.kind = ANY ($3::text[]) AND (l.engine = '' OR l.engine = ANY ($4::text[])) AND l.memory_mib <= $5 AND (l.accelerator = '' OR l.accelerator = ANY ($6::text[]))
              AND NOT EXISTS (SELECT 1 FROM job_lane_label b WHERE b.lane_id = l.id AND b.label <> ALL ($7::text[])) AND (s.max_running IS NULL OR coalesce(r.jobs, 0) < s.max_running)
        ),
        candidate AS MATERIALIZED (
            SELECT head.id, head.priority, lane.study, lane.jobs, lane.max_running
            FROM lane CROSS JOIN LATERAL (
                SELECT job.id, job.priority FROM job WHERE job.lane_id = lane.id AND job.phase = 'queued' AND job.not_before <= $8
                ORDER BY job.priority DESC, job.id LIMIT cardinality($1::text[]) FOR UPDATE SKIP LOCKED) head
        ),
        ranked AS (SELECT *, row_number() OVER (PARTITION BY study ORDER BY priority DESC, id) AS place FROM candidate),
        best AS (
            SELECT id, row_number() OVER (ORDER BY priority DESC, jobs + place, id) AS turn FROM ranked
            WHERE max_running IS NULL OR jobs + place <= max_running ORDER BY turn LIMIT cardinality($1::text[])
        ),
        claimed AS (
            UPDATE job
            SET phase = 'running', owner = ($1::text[])[best.turn], epoch = epoch + 1, lease_until = $9, attempts = attempts + 1, committed = FALSE,
                resumed_from = CASE WHEN epoch > 0 THEN (SELECT step FROM job_snapshot s WHERE s.job_id = job.id ORDER BY s.id DESC LIMIT 1) END
            FROM best WHERE job.id = best.id
            RETURNING job.id, job.key, job.kind, job.spec, job.inputs, job.owner, job.epoch, job.resumed_from, best.turn
        ),
        attempt AS (INSERT INTO job_attempt (job_id, epoch, owner, resumed_from, started_at) SELECT id, epoch, owner, resumed_from, $8 FROM claimed)
        SELECT c.turn, c.key, c.kind, c.spec, c.inputs, c.owner, c.epoch, s.name, s.kind, s.media_type, s.sha256, s.bytes, s.step
        FROM claimed c LEFT JOIN job_snapshot s ON c.resumed_from IS NOT NULL AND s.job_id = c.id AND s.step = c.resumed_from ORDER BY c.turn
        """;

    // Only a job's first outcomes: nothing can be there to disagree with, or be withheld.
    private const string CompleteSql = """
        WITH call AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::text[], $7::text[]) AS c (key, owner, epoch, kind, step, payload, hash)
        ),
        held AS (
            SELECT job.id, call.key, job.epoch, call.kind, call.step, call.payload, call.hash
            FROM call JOIN job ON job.key = call.key COLLATE "C"
            WHERE job.phase = 'running' AND job.owner = call.owner AND job.epoch = call.epoch AND job.lease_until > $8 AND job.outcomes = 0 ORDER BY job.id FOR UPDATE OF job
        ),
        outcome AS (
            INSERT INTO job_outcome (job_id, seq, kind, step, payload, hash, epoch, committed_at) SELECT id, 1, kind, step, payload, hash, epoch, $8 FROM held
        ),
        done AS (
            UPDATE job SET outcomes = 1, deliverable = 1, phase = 'succeeded', owner = NULL, lease_until = NULL, resumed_from = NULL, finished_at = $8 FROM held WHERE job.id = held.id
        ),
        attempt AS (UPDATE job_attempt a SET ended_at = $8, ending = 'succeeded' FROM held WHERE a.job_id = held.id AND a.epoch = held.epoch),
        told AS (UPDATE job_subscription s SET pending = s.active FROM held WHERE s.job_id = held.id)
        SELECT key FROM held
        """;

    public override async Task CommitAsync(JobClaim claim, JobCommitRecord commit, CancellationToken cancellation = default)
    {
        JobCommitRules.Check(commit);
        var alone = commit is { Snapshot: null, Metrics.Count: 0, Outcomes: [{ Kind: OutcomeKinds.Completed, Artifacts.Count: 0 }] };
        if (!alone || !await completions.RunAsync(new CompletionCall(claim, commit.Outcomes[0])).WaitAsync(cancellation))
        {
            await base.CommitAsync(claim, commit, cancellation);
        }
    }

    private protected override async Task<JobClaim?> ClaimBestAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation)
    {
        if (IsSweepDue(clock.GetUtcNow()))
        {
            await SweepAsync(cancellation);
        }

        return await claims.RunAsync(new ClaimCall(worker, lease)).WaitAsync(cancellation);
    }

    private async Task<IReadOnlyList<JobClaim?>> ClaimManyAsync(IReadOnlyList<ClaimCall> calls)
    {
        var claimed = new Dictionary<ClaimCall, JobClaim>(ReferenceEqualityComparer.Instance);
        foreach (var alike in calls.GroupBy(call => call.Alike, StringComparer.Ordinal))
        {
            var workers = alike.ToList();
            foreach (var (turn, claim) in await ClaimAlikeAsync(workers))
            {
                claimed.Add(workers[turn - 1], claim);
            }
        }

        return [.. calls.Select(call => claimed.GetValueOrDefault(call))];
    }

    private Task<List<(int Turn, JobClaim Claim)>> ClaimAlikeAsync(List<ClaimCall> calls)
    {
        var (worker, can, now) = (calls[0].Worker, calls[0].Worker.Capabilities, clock.GetUtcNow());
        string[] owners = [.. calls.Select(call => call.Worker.Name)];
        return RunAsync(
            [(LockLimitsSql, []),
            (ClaimSql, [owners, worker.CodeHash, worker.Kinds.ToArray(), can.Engines.ToArray(), can.MemoryMiB, can.Accelerators.ToArray(), can.Labels.ToArray(), now.UtcTicks, (now + calls[0].Lease).UtcTicks])],
            row =>
            {
                var snapshot = row.TextOrNull(7) is { } name ? new ArtifactReference(name, row.Text(8), row.Text(9), row.Text(10), row.Large(11)) : null;
                return (row.Number(0), new JobClaim(row.Text(1), row.Text(2), row.Text(3), row.Json<Dictionary<string, string>>(4), row.Text(5), row.Large(6), snapshot, row.NumberOrNull(12)));
            });
    }

    /// <summary>True for those that are done; the others are for <see cref="SqlJobQueue.CommitAsync"/>, which also finds out whether they hold their job.</summary>
    private async Task<IReadOnlyList<bool>> CompleteManyAsync(IReadOnlyList<CompletionCall> calls)
    {
        var each = calls.DistinctBy(call => call.Claim.Key).OrderBy(call => call.Claim.Key, StringComparer.Ordinal).ToList();
        var done = await RunAsync(
            [(CompleteSql,
            [
                Each(call => call.Claim.Key), Each(call => call.Claim.Owner), Each(call => call.Claim.Epoch), Each(call => call.Outcome.Kind), Each(call => call.Outcome.Step), Each(call => call.Outcome.Payload),
                Each(call => JobCommitRules.Hash(call.Outcome)), clock.GetUtcNow().UtcTicks,
            ])],
            row => row.Text(0));
        var keys = done.ToHashSet(StringComparer.Ordinal);
        var taken = each.Where(call => keys.Contains(call.Claim.Key)).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. calls.Select(taken.Contains)];

        T[] Each<T>(Func<CompletionCall, T> value) => [.. each.Select(value)];
    }

    private sealed record CompletionCall(JobClaim Claim, JobOutcomeRecord Outcome);

    private sealed record ClaimCall(WorkerIdentity Worker, TimeSpan Lease)
    {
        /// <summary>Equal for workers that may claim the same jobs for the same time.</summary>
        public string Alike { get; } = JobJson.Write(new { Worker.Kinds, Worker.CodeHash, Worker.Capabilities, Lease.Ticks });
    }
}
