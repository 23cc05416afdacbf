using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Crescent.Storage.Artifacts;

/// <summary>
/// Uploads a file as one blob. A large one goes up in blocks that only count once their list is committed; a block is named by its position and its bytes, so an upload that was cut short goes on with the blocks that are there, whoever wrote them, and two uploads of equal bytes help one another.
/// </summary>
internal static class AzureBlobUpload
{
    /// <summary>Files up to this size go up in one request.</summary>
    public const int BlockBytes = 8 << 20;

    public static async Task RunAsync(BlockBlobClient blob, string file, CancellationToken cancellation)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        if (stream.Length <= BlockBytes)
        {
            await blob.UploadAsync(stream, new BlobUploadOptions(), cancellation);
            return;
        }

        var there = await StagedAsync(blob, cancellation);
        var names = new List<string>();
        var block = new byte[BlockBytes];
        int length;
        while ((length = await stream.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, cancellation)) > 0)
        {
            var name = Name(names.Count, block.AsSpan(0, length));
            names.Add(name);
            if (!there.Contains((name, length)))
            {
                await blob.StageBlockAsync(name, new MemoryStream(block, 0, length), cancellationToken: cancellation);
            }
        }

        await CommitAsync(blob, names, stream.Length, cancellation);
    }

    private static async Task<HashSet<(string Name, long Bytes)>> StagedAsync(BlockBlobClient blob, CancellationToken cancellation)
    {
        try
        {
            var list = await blob.GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellation);
            return [.. list.Value.UncommittedBlocks.Select(staged => (staged.Name, staged.SizeLong))];
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return [];
        }
    }

    /// <summary>Another upload of the same bytes may have committed first, which drops staged blocks: then the blob is there.</summary>
    private static async Task CommitAsync(BlockBlobClient blob, List<string> names, long bytes, CancellationToken cancellation)
    {
        try
        {
            await blob.CommitBlockListAsync(names, new CommitBlockListOptions(), cancellation);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            var properties = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            if (properties.Value.ContentLength != bytes)
            {
                throw;
            }
        }
    }

    /// <summary>All names of a blob have one length, as the service demands.</summary>
    private static string Name(int position, ReadOnlySpan<byte> block)
    {
        Span<byte> name = stackalloc byte[sizeof(int) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt32BigEndian(name, position);
        SHA256.HashData(block, name[sizeof(int)..]);
        return Convert.ToBase64String(name);
    }
}
