namespace Crescent.Storage.Artifacts;

/// <summary>
/// Deletes blobs that no artifact and no snapshot refers to: mark, delete, note. May be killed at any moment: another takes over what it had marked once its time for that is over. Several processes may collect at once.
/// </summary>
public sealed class BlobCollector(SqlBlobLedger ledger, IBlobRemoval blobs, TimeProvider clock)
{
    private const int Batch = 200;

    /// <summary>Well before the claim ends, so that a deletion under way ends before another collector may have deleted the blob and a writer written it again.</summary>
    private static readonly TimeSpan StopAfter = SqlBlobLedger.ClaimedFor / 2;

    /// <returns>How many blobs it deleted.</returns>
    public async Task<int> CollectAsync(CancellationToken cancellation = default)
    {
        var began = clock.GetTimestamp();
        var claim = await ledger.MarkAsync(Batch, cancellation);
        var deleted = 0;
        foreach (var sha256 in claim.Blobs.TakeWhile(_ => clock.GetElapsedTime(began) < StopAfter))
        {
            await blobs.DeleteAsync(sha256, cancellation);
            await ledger.DeletedAsync(sha256, claim.Until, cancellation);
            deleted++;
        }

        return deleted;
    }
}
