using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace Crescent.Storage.Artifacts;

/// <summary>
/// Blobs in a container of Azure Blob Storage, named by their hash as <c>ab/cd/abcd...</c>. A blob is written to a local file first, since its name is its hash, and becomes visible as a whole when its upload ends.
/// Reads come through a local file too: nobody sees a byte before the hash of all of them is verified.
/// </summary>
public sealed class AzureBlobStore : IBlobStore, IBlobRemoval, IBlobListing
{
    private readonly BlobContainerClient container;
    private readonly IncomingFolder local;
    private readonly IBlobLedger? ledger;

    /// <param name="localFolder">For files on their way; needs room for the blobs in use.</param>
    public AzureBlobStore(BlobContainerClient container, string localFolder, DateTimeOffset claimedAt, IBlobLedger? ledger = null)
    {
        this.container = container;
        this.ledger = ledger;
        local = new IncomingFolder(localFolder, claimedAt);
    }

    /// <summary>Asks for a blob that cannot be there, to find out whether the container can be read.</summary>
    /// <exception cref="CrescentException"><c>storage-unavailable</c>: it is missing, refuses the credentials, or cannot be reached.</exception>
    public async Task CheckAsync(CancellationToken cancellation = default)
    {
        try
        {
            await CallAsync(() => container.GetBlobClient("check").GetPropertiesAsync(cancellationToken: cancellation), "Azure");
        }
        catch (CrescentException e) when (e.Code == "artifact-missing")
        {
            // The container answers: it does not have this blob.
        }
    }

    /// <inheritdoc/>
    /// <remarks><paramref name="write"/> runs on the calling thread, before this returns.</remarks>
    public async Task<BlobReference> PutAsync(Action<Stream> write, CancellationToken cancellation = default)
    {
        var file = local.NewFile();
        try
        {
            var reference = local.Write(file, write);
            if (ledger is not null)
            {
                await ledger.ReserveAsync(reference, cancellation);
            }

            await CallAsync(() => UploadAsync(reference, file, cancellation), "a blob");
            return reference;
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, "a blob");
        }
        finally
        {
            File.Delete(file);
        }
    }

    public async Task<Stream> OpenAsync(string sha256, CancellationToken cancellation = default)
    {
        var file = await DownloadAsync(sha256, cancellation) ?? throw new CrescentException("artifact-missing", $"Artifact {sha256} is not in the blob container. Run what made it again, or restore the container.");
        if (await HashAsync(file, cancellation) != sha256)
        {
            await file.DisposeAsync();
            throw new CrescentException("artifact-damaged", $"Artifact {sha256} has other bytes than its hash says. Run what made it again, or restore the container.");
        }

        file.Position = 0;
        return file;
    }

    public async Task<bool> VerifyAsync(string sha256, CancellationToken cancellation = default)
    {
        await using var file = await DownloadAsync(sha256, cancellation);
        return file is not null && await HashAsync(file, cancellation) == sha256;
    }

    public Task DeleteAsync(string sha256, CancellationToken cancellation = default) =>
        CallAsync(() => ClientOf(sha256).DeleteIfExistsAsync(cancellationToken: cancellation), $"artifact {sha256}");

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var blobs = container.GetBlobsAsync(cancellationToken: cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            var more = false;
            await CallAsync(async () => more = await blobs.MoveNextAsync(), "the list of blobs");
            if (!more)
            {
                yield break;
            }

            var name = blobs.Current.Name.Split('/')[^1];
            var inPlace = BlobNames.IsValid(name) && blobs.Current.Name == $"{name[..2]}/{name[2..4]}/{name}";
            yield return new StoredBlob(inPlace ? name : blobs.Current.Name, blobs.Current.Properties.ContentLength ?? 0, blobs.Current.Properties.LastModified ?? DateTimeOffset.MinValue);
        }
    }

    /// <summary>Null when there is no such blob. The file disappears when it is closed.</summary>
    private async Task<FileStream?> DownloadAsync(string sha256, CancellationToken cancellation)
    {
        var client = ClientOf(sha256);
        FileStream? file = null;
        try
        {
            await CallAsync(
                () =>
                {
                    file = new FileStream(local.NewFile(), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16, FileOptions.DeleteOnClose);
                    return client.DownloadToAsync(file, cancellation);
                },
                $"artifact {sha256}");
            file!.Position = 0;
            return file;
        }
        catch (Exception e)
        {
            await (file?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (e is CrescentException { Code: "artifact-missing" })
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>Uploads, and renews the reservation as long as that takes.</summary>
    private async Task UploadAsync(BlobReference reference, string file, CancellationToken cancellation)
    {
        var upload = AzureBlobUpload.RunAsync(container.GetBlockBlobClient(PathOf(reference.Sha256)), file, cancellation);
        while (ledger is not null && await Task.WhenAny(upload, Task.Delay(SqlBlobLedger.ReservedFor / 4, cancellation)) != upload && !cancellation.IsCancellationRequested)
        {
            await ledger.ReserveAsync(reference, cancellation);
        }

        await upload;
    }

    private BlobClient ClientOf(string sha256) => container.GetBlobClient(PathOf(sha256));

    private static string PathOf(string sha256)
    {
        var name = BlobNames.Checked(sha256);
        return $"{name[..2]}/{name[2..4]}/{name}";
    }

    private static async Task<string> HashAsync(FileStream file, CancellationToken cancellation) => Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));

    /// <summary>The client has retried already when it throws.</summary>
    private static async Task CallAsync(Func<Task> call, string what)
    {
        try
        {
            await call();
        }
        catch (RequestFailedException e)
        {
            throw e.Status switch
            {
                404 when e.ErrorCode == "BlobNotFound" => new CrescentException("artifact-missing", $"{what} is not in the blob container.", inner: e),
                404 => new CrescentException("storage-unavailable", $"{what}: the blob container is missing. Create it, or correct {Hosting.StorageOptions.Section}:Azure.", retryable: true, e),
                401 or 403 => new CrescentException("storage-unavailable", $"{what}: the blob service refuses the credentials ({e.ErrorCode}). Correct {Hosting.StorageOptions.Section}:Azure.", retryable: true, e),
                _ => new CrescentException("storage-unavailable", $"{what}: the blob service does not answer as it should: {e.Message}", retryable: true, e),
            };
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw StorageErrors.Of(e, $"a local copy of {what}");
        }
        catch (AuthenticationFailedException e)
        {
            throw new CrescentException("storage-unavailable", $"{what}: no identity for the blob service: {e.Message} Give the machine or the workload an identity that may read and write the container, or use a SAS.", retryable: true, e);
        }
        catch (AggregateException e)
        {
            throw new CrescentException("storage-unavailable", $"{what}: the blob service cannot be reached: {e.InnerExceptions[^1].Message}", retryable: true, e);
        }
    }
}
