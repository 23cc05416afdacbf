using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Numerics;

/// <summary>
/// Sixteen fixed float lanes, whatever the processor: element i always meets lane i mod 16, tails go through the same code, and lanes are added in one order.
/// Where there is no AVX-512 the runtime carries the lanes in two registers, with the same bits.
/// </summary>
internal static unsafe class Lanes
{
    public const int Count = 16;

    /// <summary>Sixteen elements from <paramref name="source"/>, of which <paramref name="count"/> exist; the rest are <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source, int count, float fill = 0) => count >= Count ? Vector512.Load(source) : LoadTail(source, count, fill);

    /// <summary>The same where memory goes on to a multiple of sixteen elements, which costs no branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadPadded(float* source, int count, float fill) => Vector512.ConditionalSelect(
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle(), Vector512.Load(source), Vector512.Create(fill));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* target, int count)
    {
        if (count >= Count)
        {
            value.Store(target);
        }
        else
        {
            StoreTail(value, target, count);
        }
    }

    /// <summary>The sum of the lanes: halves are added until one is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> lanes)
    {
        var eight = lanes.GetLower() + lanes.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    /// <summary>sum x y.</summary>
    public static float Dot(float* x, float* y, int count)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Count)
        {
            sum = Vector512.FusedMultiplyAdd(Load(x + i, count - i), Load(y + i, count - i), sum);
        }

        return Sum(sum);
    }

    /// <summary>x += y.</summary>
    public static void Add(float* x, float* y, int count)
    {
        for (var i = 0; i < count; i += Count)
        {
            Store(Load(x + i, count - i) + Load(y + i, count - i), x + i, count - i);
        }
    }

    public static float Max(float* x, int count)
    {
        var max = Vector512.Create(float.NegativeInfinity);
        for (var i = 0; i < count; i += Count)
        {
            max = Vector512.Max(max, Load(x + i, count - i, float.NegativeInfinity));
        }

        return Max(max);
    }

    /// <summary>The largest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector512<float> lanes)
    {
        var eight = Vector256.Max(lanes.GetLower(), lanes.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
    }

    /// <summary>The lowest index that holds the largest element.</summary>
    public static int ArgMax(float* x, int count)
    {
        var max = Max(x, count);
        return Math.Max(0, new ReadOnlySpan<float>(x, count).IndexOf(max));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> LoadTail(float* source, int count, float fill)
    {
        var lanes = stackalloc float[Count];
        for (var i = 0; i < Count; i++)
        {
            lanes[i] = i < count ? source[i] : fill;
        }

        return Vector512.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreTail(Vector512<float> value, float* target, int count)
    {
        var lanes = stackalloc float[Count];
        value.Store(lanes);
        for (var i = 0; i < count; i++)
        {
            target[i] = lanes[i];
        }
    }
}
