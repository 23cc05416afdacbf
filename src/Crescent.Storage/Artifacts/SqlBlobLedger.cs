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
    /// Marks up to <paramref name="limit"/> blobs that are neither reserved nor needed, and those that an earlier collector marked and did not finish in its time. They are the caller's to delete until <see cref="BlobClaim.Until"/>. Rows of snapshots past their retention go with them.
    /// </summary>
    internal Task<BlobClaim> MarkAsync(int limit, Retention retention, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                var until = now + ClaimedFor;
                IReadOnlyList<string> found = [.. Collectable.Find(session, now, retention.At(now), limit).Select(blob => blob.Sha256)];

                // Another process may refer to a blob meanwhile, and renews its reservation when it does: that is looked at again here, once its write is done.
                var marked = found.Count == 0 ? [] : session.Query($"UPDATE blob SET state = 'deleting', reserved_until = {until} WHERE sha256 IN {found} AND reserved_until <= {now} AND state <> 'deleted' RETURNING sha256", row => row.Text(0));
                if (marked.Count > 0)
                {
                    session.Execute($"DELETE FROM job_snapshot WHERE sha256 IN {marked}");
                }

                return new BlobClaim(marked, until);
            },
            cancellation);

    /// <summary>What <see cref="MarkAsync"/> would mark now; changes nothing.</summary>
    internal Task<IReadOnlyList<Collectable>> PreviewAsync(int limit, Retention retention, CancellationToken cancellation) =>
        database.ReadAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                return Collectable.Find(session, now, retention.At(now), limit);
            },
            cancellation);

    /// <summary>Takes blobs that are in the store and that no table knows into the ledger, so that they can be collected.</summary>
    internal Task AdoptAsync(IReadOnlyList<Collectable> orphans, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                foreach (var orphan in orphans)
                {
                    session.Execute($"""
                        INSERT INTO blob (sha256, bytes, state, reserved_until) VALUES ({orphan.Sha256}, {orphan.Bytes}, 'live', {clock.GetUtcNow()})
                        ON CONFLICT (sha256) DO UPDATE SET state = 'live' WHERE blob.state = 'deleted'
                        """);
                }
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
