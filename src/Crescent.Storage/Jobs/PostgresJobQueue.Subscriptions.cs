namespace Crescent.Storage.Jobs;

/// <summary>Many subscriptions and acknowledgements at once.</summary>
public sealed partial class PostgresJobQueue
{
    private const string SubscribeSql = """
        WITH call AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::integer[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::integer[], $13::text[])
                AS c (key, kind, spec, inputs, code_hash, lane_id, max_attempts, first_backoff, longest_backoff, deadline, run_id, priority, study)
            WHERE NOT EXISTS (SELECT 1 FROM job_subscription s WHERE s.run_id = c.run_id COLLATE "C")
        ),
        made AS (
            INSERT INTO job (key, kind, spec, inputs, code_hash, lane_id, max_attempts, first_backoff, longest_backoff, deadline, phase, subscribers, priority, not_before, created_at)
            SELECT key, kind, spec, inputs, code_hash, lane_id, max_attempts, first_backoff, longest_backoff, deadline, 'queued', 1, priority, $14, $14 FROM call
            ON CONFLICT (key) DO NOTHING RETURNING id, key
        )
        INSERT INTO job_subscription (run_id, job_id, priority, active, hit, study, deadline)
        SELECT c.run_id, made.id, c.priority, TRUE, FALSE, c.study, c.deadline FROM made JOIN call c ON c.key = made.key COLLATE "C"
        RETURNING run_id
        """;

    // The rows are locked before the second statement looks at their jobs: a commit that is under way is either seen by it, or finds what it has written.
    private const string LockRunsSql = "SELECT run_id FROM job_subscription WHERE run_id = ANY ($1::text[]) ORDER BY run_id FOR NO KEY UPDATE";

    private const string AcknowledgeSql = """
        UPDATE job_subscription s
        SET acknowledged = n.acknowledged, failure_acknowledged = n.failure, pending = s.active AND (n.deliverable > n.acknowledged OR (n.failed AND NOT n.failure))
        FROM (
            SELECT c.run_id, greatest(t.acknowledged, least(c.sequence, job.outcomes)) AS acknowledged, t.failure_acknowledged OR c.failure AS failure, job.deliverable, job.phase = 'failed' AS failed
            FROM unnest($1::text[], $2::integer[], $3::boolean[]) AS c (run_id, sequence, failure)
            JOIN job_subscription t ON t.run_id = c.run_id COLLATE "C" JOIN job ON job.id = t.job_id) n
        WHERE s.run_id = n.run_id COLLATE "C"
        """;

    public override async Task AcknowledgeAsync(string runId, int sequence, bool failure, CancellationToken cancellation = default) =>
        await acknowledgements.RunAsync(new Acknowledgement(runId, sequence, failure)).WaitAsync(cancellation);

    private protected override Task<bool> SubscribeToNewAsync(JobRequest request, string key, long laneId, string runId, int priority, CancellationToken cancellation) =>
        request.Checkpoints is null
            ? subscriptions.RunAsync(new NewSubscription(request, key, laneId, runId, priority)).WaitAsync(cancellation)
            : base.SubscribeToNewAsync(request, key, laneId, runId, priority, cancellation);

    private async Task<IReadOnlyList<bool>> SubscribeManyAsync(IReadOnlyList<NewSubscription> calls)
    {
        // Of equal jobs, and of equal runs, the first is new; the others find it.
        var first = calls.DistinctBy(call => call.Key).DistinctBy(call => call.RunId).OrderBy(call => call.Key, StringComparer.Ordinal).ToList();
        var retries = first.ConvertAll(call => call.Request.Scheduling.Retry ?? Options.Retry);
        var made = await RunAsync(
            [(SubscribeSql,
            [
                Each(call => call.Key), Each(call => call.Request.Kind), Each(call => call.Request.Spec), Each(call => Inputs(call.Request)), Each(call => call.Request.CodeHash), Each(call => call.LaneId),
                retries.Select(retry => retry.MaxAttempts).ToArray(), retries.Select(retry => retry.FirstBackoff.Ticks).ToArray(), retries.Select(retry => retry.LongestBackoff.Ticks).ToArray(),
                Each(call => call.Request.Scheduling.Deadline?.UtcTicks), Each(call => call.RunId), Each(call => call.Priority), Each(call => call.Request.Scheduling.Study ?? ""), clock.GetUtcNow().UtcTicks,
            ])],
            row => row.Text(0));
        database.Announce(QueuedHint);
        var answers = made.ToHashSet(StringComparer.Ordinal);
        var taken = first.Where(call => answers.Contains(call.RunId)).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. calls.Select(taken.Contains)];

        T[] Each<T>(Func<NewSubscription, T> value) => [.. first.Select(value)];
    }

    private async Task<IReadOnlyList<bool>> AcknowledgeManyAsync(IReadOnlyList<Acknowledgement> calls)
    {
        var runs = calls.GroupBy(call => call.RunId, StringComparer.Ordinal)
            .Select(group => new Acknowledgement(group.Key, group.Max(call => call.Sequence), group.Any(call => call.Failure))).OrderBy(call => call.RunId, StringComparer.Ordinal).ToList();
        string[] ids = [.. runs.Select(call => call.RunId)];
        await RunAsync([(LockRunsSql, [ids]), (AcknowledgeSql, [ids, runs.Select(call => call.Sequence).ToArray(), runs.Select(call => call.Failure).ToArray()])], _ => true);
        return [.. calls.Select(_ => true)];
    }

    private sealed record NewSubscription(JobRequest Request, string Key, long LaneId, string RunId, int Priority);

    private sealed record Acknowledgement(string RunId, int Sequence, bool Failure);
}
