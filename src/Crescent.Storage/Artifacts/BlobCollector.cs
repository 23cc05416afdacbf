namespace Crescent.Storage.Artifacts;

/// <summary>
/// Deletes blobs that nothing needs by the rules of retention: mark, delete, note. May be killed at any moment: another takes over what it had marked once its time for that is over. Several processes may collect at once.
/// </summary>
public sealed class BlobCollector(SqlBlobLedger ledger, IBlobRemoval blobs, TimeProvider clock, Retention? retention = null)
{
    private const int Batch = 200;
    private const int MaxPreview = 100_000;

    /// <summary>Well before the claim ends, so that a deletion under way ends before another collector may have deleted the blob and a writer written it again.</summary>
    private static readonly TimeSpan StopAfter = SqlBlobLedger.ClaimedFor / 2;

    private readonly Retention retention = retention ?? new Retention();

    /// <returns>How many blobs it deleted.</returns>
    public async Task<int> CollectAsync(CancellationToken cancellation = default)
    {
        var began = clock.GetTimestamp();
        var claim = await ledger.MarkAsync(Batch, retention, cancellation);
        var deleted = 0;
        foreach (var sha256 in claim.Blobs.TakeWhile(_ => clock.GetElapsedTime(began) < StopAfter))
        {
            await blobs.DeleteAsync(sha256, cancellation);
            await ledger.DeletedAsync(sha256, claim.Until, cancellation);
            deleted++;
        }

        return deleted;
    }

    /// <summary>What would be deleted now; changes nothing.</summary>
    public Task<IReadOnlyList<Collectable>> PreviewAsync(CancellationToken cancellation = default) => ledger.PreviewAsync(MaxPreview, retention, cancellation);

    /// <summary>Deletes all that may be deleted now, with blobs that are in the store and that no table knows, and says what it was.</summary>
    public async Task<IReadOnlyList<Collectable>> CollectAllAsync(IReadOnlyList<Collectable> orphans, CancellationToken cancellation = default)
    {
        await ledger.AdoptAsync(orphans, cancellation);
        IReadOnlyList<Collectable> all = [.. orphans, .. (await PreviewAsync(cancellation)).ExceptBy(orphans.Select(orphan => orphan.Sha256), blob => blob.Sha256)];
        while (await CollectAsync(cancellation) > 0)
        {
        }

        return all;
    }
}
