namespace Crescent.Storage.Artifacts;

/// <summary>Deletes blobs that no artifact and no snapshot refers to: mark, delete, note. May be killed at any moment; the next one finishes its work. One at a time.</summary>
public sealed class BlobCollector(SqlBlobLedger ledger, IBlobRemoval blobs)
{
    private const int Batch = 200;

    /// <returns>How many blobs it deleted.</returns>
    public async Task<int> CollectAsync(CancellationToken cancellation = default)
    {
        var marked = await ledger.MarkAsync(Batch, cancellation);
        foreach (var sha256 in marked)
        {
            await blobs.DeleteAsync(sha256, cancellation);
            await ledger.DeletedAsync(sha256, cancellation);
        }

        return marked.Count;
    }
}
