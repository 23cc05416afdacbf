namespace Crescent.Storage.Artifacts;

/// <summary>What a blob store really holds, whether or not anything knows of it.</summary>
public interface IBlobListing
{
    /// <summary>Every blob that is in place, in no order; files on their way in are none.</summary>
    IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellation = default);
}

/// <param name="Name">Its hash; the path within the store for something that has no business there.</param>
public sealed record StoredBlob(string Name, long Bytes, DateTimeOffset WrittenAt);
