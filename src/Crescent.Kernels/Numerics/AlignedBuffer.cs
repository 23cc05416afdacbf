using System.Runtime.CompilerServices;

namespace Crescent.Kernels.Numerics;

/// <summary>Floats at an address that never moves and starts on a cache line; freed by the garbage collector with its owner.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int CacheLine = 64;
    private readonly float[] storage;

    /// <param name="length">Floats; all zero at first.</param>
    public AlignedBuffer(long length)
    {
        Length = checked((int)length);
        storage = GC.AllocateArray<float>(checked(Length + CacheLine / sizeof(float)), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref storage[0]);
        Start = (float*)((address + CacheLine - 1) & ~(nuint)(CacheLine - 1));
    }

    public float* Start { get; }

    public int Length { get; }

    public Span<float> Span => new(Start, Length);

    /// <summary>The buffer, or a larger one in its place; contents are not kept.</summary>
    public static float* Grow(ref AlignedBuffer? buffer, long length)
    {
        if (buffer is null || buffer.Length < length)
        {
            buffer = null;
            buffer = new AlignedBuffer(length);
        }

        return buffer.Start;
    }
}
