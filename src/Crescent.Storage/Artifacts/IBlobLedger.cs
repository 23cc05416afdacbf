namespace Crescent.Storage.Artifacts;

/// <summary>Knows which blobs are being written, so that none is collected between its writing and the commit that refers to it.</summary>
public interface IBlobLedger
{
    /// <summary>Keeps a blob from being collected for a while. Returns once it is safe to put the blob in place; waits for a collector that is deleting it.</summary>
    Task ReserveAsync(BlobReference blob, CancellationToken cancellation = default);
}
