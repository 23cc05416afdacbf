using System.Security.Cryptography;

namespace Crescent.Storage.Artifacts;

/// <summary>Hashes and counts what passes through it; write-only, forward-only. Leaves the inner stream open.</summary>
internal sealed class HashingStream(Stream inner) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long bytes;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => bytes;

    public override long Position
    {
        get => bytes;
        set => throw new NotSupportedException("A blob is written from its start to its end.");
    }

    public BlobReference Finish() => new(Convert.ToHexStringLower(hash.GetHashAndReset()), bytes);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        hash.AppendData(buffer);
        bytes += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob cannot be read while it is written.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A blob is written from its start to its end.");

    public override void SetLength(long value) => throw new NotSupportedException("A blob is written from its start to its end.");

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }
}
