namespace Crescent.Storage.Artifacts;

/// <summary>Immutable blobs addressed by the SHA-256 of their content. A blob is written whole or not at all; writing one that is there already is a no-op.</summary>
public interface IBlobStore
{
    /// <summary>Stores what <paramref name="write"/> writes.</summary>
    /// <exception cref="CrescentException"><c>storage-full</c>, <c>storage-unavailable</c> (retryable).</exception>
    Task<BlobReference> PutAsync(Action<Stream> write, CancellationToken cancellation = default);

    /// <summary>Opens a blob after verifying its hash.</summary>
    /// <exception cref="CrescentException"><c>artifact-missing</c>, <c>artifact-damaged</c>.</exception>
    Task<Stream> OpenAsync(string sha256, CancellationToken cancellation = default);

    /// <summary>True when the blob is there and its bytes have that hash.</summary>
    Task<bool> VerifyAsync(string sha256, CancellationToken cancellation = default);
}

public sealed record BlobReference(string Sha256, long Bytes);
