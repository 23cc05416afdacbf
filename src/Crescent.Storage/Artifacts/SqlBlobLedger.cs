using Crescent.Storage.Sql;

namespace Crescent.Storage.Artifacts;

/// <summary>
/// Reservations and tombstones of blobs in one table, so that writers and the collector agree in transactions: a reserved or referenced blob is never marked, and a marked one is written again only after it is deleted.
/// </summary>
public sealed class SqlBlobLedger(SqlDatabase database, TimeProvider clock) : IBlobLedger
{
    /// <summary>How long a written blob may wait for the commit that refers to it.</summary>
    public static TimeSpan ReservedFor { get; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a collector may take for what it has marked.</summary>
    public static TimeSpan ClaimedFor { get; } = TimeSpan.FromMinutes(1);

    private static TimeSpan RetryAfter { get; } = TimeSpan.FromMilliseconds(20);

    public async Task ReserveAsync(BlobReference blob, CancellationToken cancellation = default)
    {
        while (!await database.WriteAsync(session => TryReserve(session, blob), cancellation))
        {
            await Task.Delay(RetryAfter, clock, cancellation);
        }
    }

    /// <summary>
    /// Keeps blobs that a write is about to refer to: renews their reservations, so that a collector at work in another process sees the reference or waits for it. Returns one that was collected already; null when all are there.
    /// </summary>
    internal static string? Keep(SqlSession session, IReadOnlyCollection<string> hashes, DateTimeOffset now)
    {
        session.Execute($"UPDATE blob SET reserved_until = {now + ReservedFor} WHERE sha256 IN {hashes} AND state = 'live' AND reserved_until < {now + ReservedFor}");
        return session.Find($"SELECT sha256 FROM blob WHERE sha256 IN {hashes} AND state <> 'live' LIMIT 1", row => row.Text(0));
    }

    /// <summary>
    /// Marks up to <paramref name="limit"/> blobs that are neither reserved nor referred to, and those that an earlier collector marked and did not finish in its time. They are the caller's to delete until <see cref="BlobClaim.Until"/>.
    /// </summary>
    internal Task<BlobClaim> MarkAsync(int limit, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var until = now + ClaimedFor;

                // Conditions that another process may change meanwhile stand outside too: only those are looked at again once its write is done.
                var blobs = session.Query(
                    $"""
                    UPDATE blob SET state = 'deleting', reserved_until = {until}
                    WHERE reserved_until <= {now} AND state <> 'deleted' AND sha256 IN (
                        SELECT b.sha256 FROM blob b
                        WHERE b.reserved_until <= {now} AND (b.state = 'deleting' OR (b.state = 'live'
                            AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.sha256 = b.sha256) AND NOT EXISTS (SELECT 1 FROM job_snapshot s WHERE s.sha256 = b.sha256)))
                        LIMIT {limit})
                    RETURNING sha256
                    """,
                    row => row.Text(0));
                return new BlobClaim(blobs, until);
            },
            cancellation);

    /// <summary>Notes that a blob of a claim is deleted; does nothing once the claim has passed to another collector.</summary>
    internal Task DeletedAsync(string sha256, DateTimeOffset until, CancellationToken cancellation) =>
        database.WriteAsync(session => session.Execute($"UPDATE blob SET state = 'deleted' WHERE sha256 = {sha256} AND state = 'deleting' AND reserved_until = {until}"), cancellation);

    private bool TryReserve(SqlSession session, BlobReference blob) => session.Execute($"""
        INSERT INTO blob (sha256, bytes, state, reserved_until) VALUES ({blob.Sha256}, {blob.Bytes}, 'live', {clock.GetUtcNow() + ReservedFor})
        ON CONFLICT (sha256) DO UPDATE
        SET state = 'live', reserved_until = CASE WHEN blob.reserved_until > excluded.reserved_until THEN blob.reserved_until ELSE excluded.reserved_until END
        WHERE blob.state <> 'deleting'
        """) > 0;
}

/// <summary>Blobs that one collector may delete, until a time after which they may be another's.</summary>
internal sealed record BlobClaim(IReadOnlyList<string> Blobs, DateTimeOffset Until);
