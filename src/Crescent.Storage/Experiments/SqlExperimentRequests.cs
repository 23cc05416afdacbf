using Crescent.Storage.Sql;

namespace Crescent.Storage.Experiments;

/// <summary>Requests on experiments, in SQL. The keys are shared with submits: one key stands for one thing.</summary>
public sealed class SqlExperimentRequests(SqlDatabase database, TimeProvider clock) : IExperimentRequests
{
    public Task<AcceptedKey?> FindKeyAsync(IdempotencyKey key, CancellationToken cancellation = default) => database.ReadAsync(session => FindKey(session, key), cancellation);

    public Task<RequestRow> AcceptAsync(string experimentId, string verb, string body, IdempotencyKey? key, CancellationToken cancellation = default) =>
        database.WriteAsync(session => Accept(session, experimentId, verb, body, key), cancellation);

    public async Task<IReadOnlyList<RequestRow>> OpenAsync(string experimentId, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"SELECT experiment_id, number, verb, body, accepted_at, settled_at, refusal FROM experiment_request WHERE experiment_id = {experimentId} AND settled_at IS NULL ORDER BY number", Read),
            cancellation);

    public Task SettleAsync(string experimentId, long number, string? refusal, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session => session.Execute($"UPDATE experiment_request SET settled_at = {clock.GetUtcNow()}, refusal = {refusal} WHERE experiment_id = {experimentId} AND number = {number} AND settled_at IS NULL"),
            cancellation);

    public Task<RequestRow?> FindRequestAsync(string experimentId, long number, CancellationToken cancellation = default) => database.ReadAsync(session => Find(session, experimentId, number), cancellation);

    public Task StoreSpecAsync(string specHash, string spec, CancellationToken cancellation = default) =>
        database.WriteAsync(session => session.Execute($"INSERT INTO spec (hash, json) VALUES ({specHash}, {spec}) ON CONFLICT DO NOTHING"), cancellation);

    /// <summary>What a key stands for; null while it is free.</summary>
    internal static AcceptedKey? FindKey(SqlSession session, IdempotencyKey key)
    {
        var earlier = session.Find(
            $"SELECT experiment_id, request, spec_hash FROM idempotency_key WHERE key = {key.Key}",
            row => (Accepted: new AcceptedKey(row.Text(0), row.LargeOrNull(1)), ContentHash: row.Text(2)).ToTuple());
        return earlier is null ? null
            : earlier.Item2 == key.ContentHash ? earlier.Item1
            : throw new CrescentException("idempotency-conflict", $"The idempotency key '{key.Key}' was used for something else (experiment {earlier.Item1.ExperimentId}). Use a new key for a new request.");
    }

    internal static void Take(SqlSession session, IdempotencyKey key, string experimentId, long? request) =>
        session.Execute($"INSERT INTO idempotency_key (key, experiment_id, spec_hash, request) VALUES ({key.Key}, {experimentId}, {key.ContentHash}, {request})");

    private RequestRow Accept(SqlSession session, string experimentId, string verb, string body, IdempotencyKey? key)
    {
        session.Lock(experimentId);
        if (key is not null && FindKey(session, key) is { } earlier)
        {
            return earlier.Request is { } accepted ? Find(session, earlier.ExperimentId, accepted)! : throw new InvalidOperationException("A submit and a request have the same content hash.");
        }

        var number = (session.Scalar($"SELECT max(number) FROM experiment_request WHERE experiment_id = {experimentId}") ?? 0) + 1;
        session.Execute($"INSERT INTO experiment_request (experiment_id, number, verb, body, accepted_at) VALUES ({experimentId}, {number}, {verb}, {body}, {clock.GetUtcNow()})");
        if (key is not null)
        {
            Take(session, key, experimentId, number);
        }

        return Find(session, experimentId, number)!;
    }

    private static RequestRow? Find(SqlSession session, string experimentId, long number) => session.Find(
        $"SELECT experiment_id, number, verb, body, accepted_at, settled_at, refusal FROM experiment_request WHERE experiment_id = {experimentId} AND number = {number}", Read);

    private static RequestRow Read(SqlRow row) => new(row.Text(0), row.Large(1), row.Text(2), row.Text(3), row.Time(4), row.TimeOrNull(5), row.TextOrNull(6));
}
