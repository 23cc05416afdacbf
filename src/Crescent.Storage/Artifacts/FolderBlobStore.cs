using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Crescent.Storage.Artifacts;

/// <summary>
/// Blobs in a folder, as <c>ab/cd/abcd...</c>. A blob is written to <c>incoming/</c> on the same file system, flushed to disk, and renamed: readers see all of it or nothing, also after a power failure.
/// A blob that is there already is replaced by the same bytes, which repairs a damaged one.
/// </summary>
public sealed class FolderBlobStore : IBlobStore, IBlobRemoval, IBlobListing
{
    private const string IncomingName = "incoming";
    private readonly string root;
    private readonly IncomingFolder incoming;
    private readonly IBlobLedger? ledger;

    /// <param name="claimedAt">Unfinished files older than this belong to dead processes and are deleted; see <see cref="Sqlite.DataFolder.ClaimedAt"/>.</param>
    /// <param name="ledger">Told of every blob before it appears, so that a collector never deletes one that is being written; null where nothing collects.</param>
    public FolderBlobStore(string root, DateTimeOffset claimedAt, IBlobLedger? ledger = null)
        : this(root, ledger, new IncomingFolder(Path.Combine(root, IncomingName), claimedAt))
    {
    }

    internal FolderBlobStore(string root, IBlobLedger? ledger, IncomingFolder incoming)
    {
        this.root = Path.GetFullPath(root);
        this.ledger = ledger;
        this.incoming = incoming;
    }

    /// <summary>Where the blob is, or would be, in a store with that root: plain bytes that other tools may read.</summary>
    /// <exception cref="CrescentException"><c>artifact-name-invalid</c>.</exception>
    public static string PathOf(string root, string sha256)
    {
        var name = BlobNames.Checked(sha256);
        return Path.Combine(root, name[..2], name[2..4], name);
    }

    /// <inheritdoc/>
    /// <remarks><paramref name="write"/> runs on the calling thread, before this returns.</remarks>
    public async Task<BlobReference> PutAsync(Action<Stream> write, CancellationToken cancellation = default)
    {
        var temporary = incoming.NewFile();
        try
        {
            var reference = incoming.Write(temporary, write);
            if (ledger is not null)
            {
                await ledger.ReserveAsync(reference, cancellation);
            }

            var path = PathOf(root, reference.Sha256);
            var folder = MakeFolder(path);
            File.Move(temporary, path, overwrite: true);
            DirectoryFlush.Flush(folder);
            return reference;
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, "a blob");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task<Stream> OpenAsync(string sha256, CancellationToken cancellation = default)
    {
        var stream = OpenFile(sha256) ?? throw new CrescentException("artifact-missing", $"Artifact {sha256} is not in the blob store. Run what made it again, or restore the blob folder.");
        try
        {
            if (await HashAsync(stream, cancellation) != sha256)
            {
                throw new CrescentException("artifact-damaged", $"Artifact {sha256} has other bytes than its hash says. Run what made it again, or restore the blob folder.");
            }

            stream.Position = 0;
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            throw StorageErrors.IsOfFiles(e) ? StorageErrors.Of(e, $"artifact {sha256}") : e;
        }
    }

    public async Task<bool> VerifyAsync(string sha256, CancellationToken cancellation = default)
    {
        await using var stream = OpenFile(sha256);
        try
        {
            return stream is not null && await HashAsync(stream, cancellation) == sha256;
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, $"artifact {sha256}");
        }
    }

    public Task DeleteAsync(string sha256, CancellationToken cancellation = default)
    {
        try
        {
            File.Delete(PathOf(root, sha256));
        }
        catch (DirectoryNotFoundException)
        {
            // A blob whose folder is gone is gone: that is what was asked for.
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, $"artifact {sha256}");
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        foreach (var folder in new DirectoryInfo(root).EnumerateDirectories().Where(folder => folder.Name != IncomingName))
        {
            foreach (var file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
            {
                cancellation.ThrowIfCancellationRequested();
                var inPlace = BlobNames.IsValid(file.Name) && file.FullName == PathOf(root, file.Name);
                yield return new StoredBlob(inPlace ? file.Name : Path.GetRelativePath(root, file.FullName), file.Length, file.LastWriteTimeUtc);
            }
        }
    }

    private string MakeFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DirectoryFlush.Flush(Path.GetDirectoryName(folder)!);
            DirectoryFlush.Flush(root);
        }

        return folder;
    }

    private FileStream? OpenFile(string sha256)
    {
        try
        {
            return new FileStream(PathOf(root, sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, $"artifact {sha256}");
        }
    }

    private static async Task<string> HashAsync(FileStream stream, CancellationToken cancellation) => Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
}
