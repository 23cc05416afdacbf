using System.Collections.Concurrent;
using System.Security.Cryptography;
using Crescent.Storage.Artifacts;

namespace Crescent.Server.Tests.Workers;

internal sealed class FakeBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> blobs = new(StringComparer.Ordinal);

    public int Count => blobs.Count;

    public string Add(byte[] bytes)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        blobs[hash] = bytes;
        return hash;
    }

    public Task<BlobReference> PutAsync(Action<Stream> write, CancellationToken cancellation = default)
    {
        using var buffer = new MemoryStream();
        write(buffer);
        return Task.FromResult(new BlobReference(Add(buffer.ToArray()), buffer.Length));
    }

    public Task<Stream> OpenAsync(string sha256, CancellationToken cancellation = default) => blobs.TryGetValue(sha256, out var bytes)
        ? Task.FromResult<Stream>(new MemoryStream(bytes, writable: false))
        : throw new CrescentException("artifact-missing", $"No blob {sha256}.");

    public Task<bool> VerifyAsync(string sha256, CancellationToken cancellation = default) => Task.FromResult(blobs.ContainsKey(sha256));
}
