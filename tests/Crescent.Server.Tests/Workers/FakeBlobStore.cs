using System.Collections.Concurrent;
using System.Security.Cryptography;
using Crescent.Storage.Artifacts;

namespace Crescent.Server.Tests.Workers;

internal sealed class FakeBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> blobs = new(StringComparer.Ordinal);

    public int Count => blobs.Count;

    /// <summary>Called before each put and open; may throw, or not end.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public string Add(byte[] bytes)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        blobs[hash] = bytes;
        return hash;
    }

    public async Task<BlobReference> PutAsync(Action<Stream> write, CancellationToken cancellation = default)
    {
        await Before(cancellation);
        using var buffer = new MemoryStream();
        write(buffer);
        return new BlobReference(Add(buffer.ToArray()), buffer.Length);
    }

    public async Task<Stream> OpenAsync(string sha256, CancellationToken cancellation = default)
    {
        await Before(cancellation);
        return blobs.TryGetValue(sha256, out var bytes) ? new MemoryStream(bytes, writable: false) : throw new CrescentException("artifact-missing", $"No blob {sha256}.");
    }

    public Task<bool> VerifyAsync(string sha256, CancellationToken cancellation = default) => Task.FromResult(blobs.ContainsKey(sha256));
}
