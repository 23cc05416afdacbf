using System.Text;

namespace Crescent.Server.Workers.Children;

/// <summary>
/// What passes between a worker and the process of a kernel: the worker sends the job, then the kernel calls and the worker answers, one at a time. Both are the same build, so there is no version. Numbers are little-endian, texts UTF-8 with their length, bytes with theirs.
/// </summary>
internal sealed class KernelPipe(Stream incoming, Stream outgoing) : IDisposable
{
    public BinaryReader In { get; } = new(incoming, Encoding.UTF8);

    public BinaryWriter Out { get; } = new(new BufferedStream(outgoing, 1 << 16), Encoding.UTF8);

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Out.Write(bytes.Length);
        Out.Write(bytes);
    }

    /// <exception cref="EndOfStreamException">The other side has ended.</exception>
    public byte[] ReadBytes()
    {
        var bytes = new byte[In.ReadInt32()];
        In.BaseStream.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
        In.Dispose();
        Out.Dispose();
    }
}

/// <summary>What a kernel asks of its worker.</summary>
internal enum KernelCall : byte
{
    OpenInput,
    OpenSnapshot,
    Threads,
    SnapshotDue,
    Schedule,
    ThrowIfStopped,
    Commit,

    /// <summary>Has no answer, as <see cref="Metric"/>.</summary>
    Progress,
    Metric,

    /// <summary>The kernel has returned.</summary>
    Returned,

    /// <summary>The kernel has thrown: an <see cref="KernelAnswer"/> follows that says what.</summary>
    Threw,
}

internal enum KernelAnswer : byte
{
    Done,
    Cancelled,

    /// <summary>A <see cref="CrescentException"/>: code, message, retryable.</summary>
    Failed,
}
