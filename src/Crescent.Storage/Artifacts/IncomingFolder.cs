namespace Crescent.Storage.Artifacts;

/// <summary>Local files of blobs that are on their way into a store, or out of one. What a dead process left behind is deleted.</summary>
internal sealed class IncomingFolder
{
    private readonly string path;
    private readonly Func<string, Stream> create;

    /// <param name="claimedAt">Files of this time or older are leftovers, unless a living process holds them: file times have ticks of milliseconds, so the last file of a dead process may bear the time of the claim.</param>
    /// <param name="create">Creates a file; a fault can be put in here.</param>
    public IncomingFolder(string path, DateTimeOffset claimedAt, Func<string, Stream>? create = null)
    {
        this.path = path;
        this.create = create ?? (file => new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16));
        try
        {
            Directory.CreateDirectory(path);
            DeleteLeftovers(claimedAt);
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, $"folder {path}");
        }
    }

    public string NewFile() => Path.Combine(path, Guid.NewGuid().ToString("n"));

    /// <summary>Writes a file and flushes it to the disk.</summary>
    public BlobReference Write(string file, Action<Stream> write)
    {
        using var stream = create(file);
        using var hashing = new HashingStream(stream);
        write(hashing);
        hashing.Flush();
        (stream as FileStream)?.Flush(flushToDisk: true);
        return hashing.Finish();
    }

    private void DeleteLeftovers(DateTimeOffset claimedAt)
    {
        foreach (var file in new DirectoryInfo(path).EnumerateFiles().Where(file => file.LastWriteTimeUtc <= claimedAt.UtcDateTime))
        {
            try
            {
                using (file.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                file.Delete();
            }
            catch (IOException e) when (StorageErrors.IsInUse(e))
            {
                // Its writer lives, and renames or deletes it.
            }
        }
    }
}
