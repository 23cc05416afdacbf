using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>Many claims and completions at once.</summary>
public sealed partial class PostgresJobQueue
{
    // Two claims must not both take the last place of a study; without limits they need not wait for one another.
    private const string LockLimitsSql = "SELECT pg_advisory_xact_lock(hashtextextended('job-limits', 0)) WHERE EXISTS (SELECT 1 FROM job_study)";

    // Only a job's first outcomes: nothing can be there to disagree with, or be withheld.
    private const string Complete = """
        WITH RECURSIVE call AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::text[], $7::text[]) AS c (key, owner, epoch, kind, step, payload, hash)
        ),
        held AS (
            SELECT job.id, call.key, call.owner, job.epoch, call.kind, call.step, call.payload, call.hash
            FROM call JOIN job ON job.key = call.key COLLATE "C"
            WHERE job.phase = 'running' AND job.owner = call.owner AND job.epoch = call.epoch AND job.lease_until > $8 AND job.outcomes = 0 AND NOT job.scheduled ORDER BY job.id FOR UPDATE OF job
        ),
        outcome AS (
            INSERT INTO job_outcome (job_id, seq, kind, step, payload, hash, epoch, committed_at) SELECT id, 1, kind, step, payload, hash, epoch, $8 FROM held
        ),
        point AS (
            INSERT INTO metric (job_id, name, step, value)
            SELECT held.id, p.name, p.step, p.value FROM unnest($9::text[], $10::text[], $11::integer[], $12::double precision[]) AS p (key, name, step, value) JOIN held ON held.key = p.key
            ON CONFLICT DO NOTHING
        ),
        done AS (
            UPDATE job SET outcomes = 1, deliverable = 1, phase = 'succeeded', owner = NULL, lease_until = NULL, resumed_from = NULL, finished_at = $8 FROM held WHERE job.id = held.id
        ),
        attempt AS (UPDATE job_attempt a SET ended_at = $8, ending = 'succeeded' FROM held WHERE a.job_id = held.id AND a.epoch = held.epoch),
        told AS (UPDATE job_subscription s SET pending = s.active FROM held WHERE s.job_id = held.id)
        """;

    private const string CompleteSql = $"{Complete} SELECT key FROM held";

    private static readonly string ClaimSql = $"""
        WITH RECURSIVE free (owners) AS (SELECT $1::text[]), {Claim(firstParameter: 2, besides: "", condition: "")}
        SELECT c.turn, c.key, c.kind, c.spec, c.inputs, c.owner, c.epoch, s.name, s.kind, s.media_type, s.sha256, s.bytes, s.step, c.scheduled
        FROM claimed c LEFT JOIN job_snapshot s ON c.resumed_from IS NOT NULL AND s.job_id = c.id AND s.step = c.resumed_from
        """;

    // One statement sees one state: the jobs that it completes still count as running in it, but for the condition.
    private static readonly string CompleteAndClaimSql = $"""
        {Complete}, free (owners) AS (SELECT coalesce(array_agg(owner ORDER BY id), ARRAY[]::text[]) FROM held), {Claim(firstParameter: 13, besides: "AND job.id NOT IN (SELECT id FROM held)", condition: "AND job.epoch = 0 AND NOT job.scheduled")}
        SELECT held.key, held.owner, c.key, c.kind, c.spec, c.inputs, c.epoch FROM held LEFT JOIN claimed c ON c.owner = held.owner
        """;

    /// <summary>The best jobs for the owners of <c>free</c>, in the same order as one claim after the other: within a study by priority and age, and the nth of a study counts those before it as running.</summary>
    /// <param name="firstParameter">Number of the code hash among the parameters; the kinds, engines, memory, accelerators, labels, the time and the end of the lease follow.</param>
    /// <param name="besides">Which running jobs count.</param>
    /// <param name="condition">What a best job must also meet; one that does not is left to another call.</param>
    private static string Claim(int firstParameter, string besides, string condition)
    {
        var (code, kinds, engines, memory, accelerators, labels, now, until) =
            (firstParameter, firstParameter + 1, firstParameter + 2, firstParameter + 3, firstParameter + 4, firstParameter + 5, firstParameter + 6, firstParameter + 7);
        return $"""
            waiting (lane_id) AS (
                SELECT min(lane_id) FROM job WHERE phase = 'queued'
                UNION ALL
                SELECT (SELECT min(lane_id) FROM job WHERE phase = 'queued' AND lane_id > waiting.lane_id) FROM waiting WHERE waiting.lane_id IS NOT NULL
            ),
            running AS (SELECT l.study, count(*) AS jobs FROM job JOIN job_lane l ON l.id = job.lane_id WHERE job.phase = 'running' {besides} GROUP BY l.study),
            lane AS (
                SELECT l.id, l.study, coalesce(r.jobs, 0) AS jobs, s.max_running
                FROM waiting JOIN job_lane l ON l.id = waiting.lane_id LEFT JOIN running r ON r.study = l.study LEFT JOIN job_study s ON s.study = l.study
                WHERE l.code_hash = ${code} AND l.kind = ANY (${kinds}::text[]) AND (l.engine = '' OR l.engine = ANY (${engines}::text[])) AND l.memory_mib <= ${memory}
                  AND (l.accelerator = '' OR l.accelerator = ANY (${accelerators}::text[]))
                  AND NOT EXISTS (SELECT 1 FROM job_lane_label b WHERE b.lane_id = l.id AND b.label <> ALL (${labels}::text[])) AND (s.max_running IS NULL OR coalesce(r.jobs, 0) < s.max_running)
            ),
            candidate AS MATERIALIZED (
                SELECT head.id, head.priority, lane.study, lane.jobs, lane.max_running
                FROM lane CROSS JOIN LATERAL (
                    SELECT job.id, job.priority FROM job WHERE job.lane_id = lane.id AND job.phase = 'queued' AND job.not_before <= ${now}
                    ORDER BY job.priority DESC, job.id LIMIT (SELECT cardinality(owners) FROM free) FOR UPDATE SKIP LOCKED) head
            ),
            ranked AS (SELECT *, row_number() OVER (PARTITION BY study ORDER BY priority DESC, id) AS place FROM candidate),
            best AS (
                SELECT id, row_number() OVER (ORDER BY priority DESC, jobs + place, id) AS turn FROM ranked
                WHERE max_running IS NULL OR jobs + place <= max_running ORDER BY turn LIMIT (SELECT cardinality(owners) FROM free)
            ),
            claimed AS (
                UPDATE job
                SET phase = 'running', owner = (SELECT owners[best.turn] FROM free), epoch = epoch + 1, lease_until = ${until}, attempts = attempts + 1, committed = FALSE,
                    resumed_from = CASE WHEN epoch > 0 THEN (SELECT step FROM job_snapshot s WHERE s.job_id = job.id ORDER BY s.id DESC LIMIT 1) END
                FROM best WHERE job.id = best.id {condition}
                RETURNING job.id, job.key, job.kind, job.spec, job.inputs, job.owner, job.epoch, job.resumed_from, job.scheduled, best.turn
            ),
            begun AS (INSERT INTO job_attempt (job_id, epoch, owner, resumed_from, started_at) SELECT id, epoch, owner, resumed_from, ${now} FROM claimed)
            """;
    }

    public override async Task<CommitAnswer> CommitAsync(JobClaim claim, JobCommitRecord commit, CancellationToken cancellation = default)
    {
        JobCommitRules.Check(commit);
        return IsPlain(commit) && (await completions.RunAsync(new CompletionCall(claim, commit, null)).WaitAsync(cancellation)).Done
            ? new CommitAnswer(Ended: true)
            : await base.CommitAsync(claim, commit, cancellation);
    }

    public override async Task<JobClaim?> CompleteAndClaimAsync(JobClaim claim, JobCommitRecord commit, WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default)
    {
        JobCommitRules.Check(commit);
        if (!IsPlain(commit))
        {
            await base.CommitAsync(claim, commit, cancellation);
            return null;
        }

        await SweepIfDueAsync(cancellation);
        if (await completions.RunAsync(new CompletionCall(claim, commit, new ClaimCall(worker, lease))).WaitAsync(cancellation) is { Done: true } answer)
        {
            return answer.Next;
        }

        await base.CommitAsync(claim, commit, cancellation);
        return null;
    }

    /// <summary>Commits that are done together: a completion with little besides.</summary>
    private static bool IsPlain(JobCommitRecord commit) => commit is { Snapshot: null, Metrics.Count: <= 64, Outcomes: [{ Kind: OutcomeKinds.Completed, Artifacts.Count: 0 }] };

    private protected override async Task<JobClaim?> ClaimBestAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation)
    {
        await SweepIfDueAsync(cancellation);
        return await claims.RunAsync(new ClaimCall(worker, lease)).WaitAsync(cancellation);
    }

    private async Task SweepIfDueAsync(CancellationToken cancellation)
    {
        if (IsSweepDue(clock.GetUtcNow()))
        {
            await SweepAsync(cancellation);
        }
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
        string[] owners = [.. calls.Select(call => call.Worker.Name)];
        return RunAsync(
            [(LockLimitsSql, []), (ClaimSql, [owners, .. Wishes(calls[0], clock.GetUtcNow())])],
            row =>
            {
                var snapshot = row.TextOrNull(7) is { } name ? new ArtifactReference(name, row.Text(8), row.Text(9), row.Text(10), row.Large(11)) : null;
                return (row.Number(0), new JobClaim(row.Text(1), row.Text(2), row.Text(3), row.Json<Dictionary<string, string>>(4), row.Text(5), row.Large(6), snapshot, row.NumberOrNull(12)) { Schedule = Unread(row.Flag(13)) });
            });
    }

    /// <summary>The parameters of <see cref="Claim"/>.</summary>
    private static object?[] Wishes(ClaimCall call, DateTimeOffset now)
    {
        var can = call.Worker.Capabilities;
        return [call.Worker.CodeHash, call.Worker.Kinds.ToArray(), can.Engines.ToArray(), can.MemoryMiB, can.Accelerators.ToArray(), can.Labels.ToArray(), now.UtcTicks, (now + call.Lease).UtcTicks];
    }

    /// <summary>Done are those that are; the others are for <see cref="SqlJobQueue.CommitAsync"/>, which also finds out whether they hold their job.</summary>
    private async Task<IReadOnlyList<Completion>> CompleteManyAsync(IReadOnlyList<CompletionCall> calls)
    {
        var answers = new Dictionary<CompletionCall, Completion>(ReferenceEqualityComparer.Instance);
        foreach (var alike in calls.DistinctBy(call => call.Claim.Key).GroupBy(call => call.Next?.Alike, StringComparer.Ordinal))
        {
            List<CompletionCall> each = [.. alike.OrderBy(call => call.Claim.Key, StringComparer.Ordinal)];
            try
            {
                var done = (await CompleteAlikeAsync(each)).ToDictionary(row => row.Key, row => row.Next, StringComparer.Ordinal);
                foreach (var call in each.Where(call => done.ContainsKey(call.Claim.Key)))
                {
                    answers.Add(call, new Completion(true, done[call.Claim.Key]));
                }
            }
            catch (CrescentException) when (answers.Count > 0)
            {
                // The others are committed and must hear of it. These are tried again one by one, as those that were not taken.
            }
        }

        return [.. calls.Select(call => answers.GetValueOrDefault(call, new Completion(false, null)))];
    }

    private async Task<List<(string Key, JobClaim? Next)>> CompleteAlikeAsync(List<CompletionCall> calls)
    {
        var now = clock.GetUtcNow();
        var points = calls.SelectMany(call => call.Commit.Metrics.Select(point => (call.Claim.Key, Point: point))).ToList();
        object?[] values =
        [
            Each(call => call.Claim.Key), Each(call => call.Claim.Owner), Each(call => call.Claim.Epoch), Each(call => call.Outcome.Kind), Each(call => call.Outcome.Step), Each(call => call.Outcome.Payload),
            Each(call => JobCommitRules.Hash(call.Outcome)), now.UtcTicks,
            points.Select(entry => entry.Key).ToArray(), points.Select(entry => entry.Point.Name).ToArray(), points.Select(entry => entry.Point.Step).ToArray(),
            points.Select(entry => double.IsNaN(entry.Point.Value) ? (double?)null : entry.Point.Value).ToArray(),
        ];
        var done = calls[0].Next is { } next
            ? await RunAsync(
                [(LockLimitsSql, []), (CompleteAndClaimSql, [.. values, .. Wishes(next, now)])],
                row => (row.Text(0), row.TextOrNull(2) is { } key ? new JobClaim(key, row.Text(3), row.Text(4), row.Json<Dictionary<string, string>>(5), row.Text(1), row.Large(6), null, null) : null))
            : await RunAsync<(string, JobClaim?)>([(CompleteSql, values)], row => (row.Text(0), null));
        database.Announce(ToldHint);
        return done;

        T[] Each<T>(Func<CompletionCall, T> value) => [.. calls.Select(value)];
    }

    /// <param name="Commit">Of one outcome.</param>
    /// <param name="Next">The worker that claims its next job with it; null: none does.</param>
    private sealed record CompletionCall(JobClaim Claim, JobCommitRecord Commit, ClaimCall? Next)
    {
        public JobOutcomeRecord Outcome => Commit.Outcomes[0];
    }

    private readonly record struct Completion(bool Done, JobClaim? Next);

    private sealed record ClaimCall(WorkerIdentity Worker, TimeSpan Lease)
    {
        /// <summary>Equal for workers that may claim the same jobs for the same time.</summary>
        public string Alike { get; } = JobJson.Write(new { Worker.Kinds, Worker.CodeHash, Worker.Capabilities, Lease.Ticks });
    }
}
