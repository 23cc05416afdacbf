using Crescent.Storage.Sql;

namespace Crescent.Storage.Artifacts;

/// <summary>
/// Reservations and tombstones of blobs in one table, so that writers and the collector agree in transactions: a reserved or referenced blob is never marked, and a marked one is written again only after it is deleted.
/// </summary>
public sealed class SqlBlobLedger(SqlDatabase database, TimeProvider clock) : IBlobLedger
{
    /// <summary>How long a written blob may wait for the commit that refers to it.</summary>
    public static TimeSpan ReservedFor { get; } = TimeSpan.FromMinutes(2);

    private static TimeSpan RetryAfter { get; } = TimeSpan.FromMilliseconds(20);

    public async Task ReserveAsync(BlobReference blob, CancellationToken cancellation = default)
    {
        while (!await database.WriteAsync(session => TryReserve(session, blob), cancellation))
        {
            await Task.Delay(RetryAfter, clock, cancellation);
        }
    }

    /// <summary>Marks up to <paramref name="limit"/> blobs that are neither reserved nor referred to, and returns them with those that an earlier collector marked and did not finish.</summary>
    internal Task<IReadOnlyList<string>> MarkAsync(int limit, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<string>>(
            session =>
            {
                session.Execute($"""
                    UPDATE blob SET state = 'deleting' WHERE sha256 IN (
                        SELECT sha256 FROM blob b
                        WHERE state = 'live' AND reserved_until <= {clock.GetUtcNow()}
                          AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.sha256 = b.sha256) AND NOT EXISTS (SELECT 1 FROM job_snapshot s WHERE s.sha256 = b.sha256)
                        LIMIT {limit})
                    """);
                return session.Query($"SELECT sha256 FROM blob WHERE state = 'deleting'", row => row.Text(0));
            },
            cancellation);

    internal Task DeletedAsync(string sha256, CancellationToken cancellation) =>
        database.WriteAsync(session => session.Execute($"UPDATE blob SET state = 'deleted' WHERE sha256 = {sha256} AND state = 'deleting'"), cancellation);

    private bool TryReserve(SqlSession session, BlobReference blob) => session.Execute($"""
        INSERT INTO blob (sha256, bytes, state, reserved_until) VALUES ({blob.Sha256}, {blob.Bytes}, 'live', {clock.GetUtcNow() + ReservedFor})
        ON CONFLICT (sha256) DO UPDATE
        SET state = 'live', reserved_until = CASE WHEN blob.reserved_until > excluded.reserved_until THEN blob.reserved_until ELSE excluded.reserved_until END
        WHERE blob.state <> 'deleting'
        """) > 0;
}
