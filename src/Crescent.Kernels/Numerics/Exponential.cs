using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Numerics;

/// <summary>exp and what is made of it on float lanes: one polynomial, explicit FMA, the same bits on AVX2 and AVX-512. Within 2 units in the last place.</summary>
internal static unsafe class Exponential
{
    private const float Smallest = -87.3f;
    private const float Largest = 88.3f;
    private const float RoundToInteger = 12582912f;

    /// <summary>e^x; 0 below -87.3, e^88.3 above 88.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var positive = Vector512.GreaterThanOrEqual(x, Vector512.Create(Smallest));
        x = Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512.Create(Largest)), Vector512.Create(Largest), x);
        var shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(1.44269504f), Vector512.Create(RoundToInteger));
        var k = shifted - Vector512.Create(RoundToInteger);
        var r = Vector512.FusedMultiplyAdd(k, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(k, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p * r, r, r) + Vector512.Create(1f);
        var power = Vector512.ShiftLeft(shifted.AsInt32() - Vector512.Create(RoundToInteger).AsInt32() + Vector512.Create(127), 23).AsSingle();
        return Vector512.ConditionalSelect(positive, p * power, Vector512.ConditionalSelect(Vector512.IsNaN(x), x, Vector512<float>.Zero));
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512.Create(1f) / (Vector512.Create(1f) + Exp(-x));

    /// <summary>Softmax of <paramref name="scale"/> x over <paramref name="count"/> elements, in place; memory goes on to a multiple of sixteen elements and is overwritten.</summary>
    public static void Softmax(float* x, int count, float scale)
    {
        var factor = Vector512.Create(scale);
        var largest = Vector512.Create(float.NegativeInfinity);
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var scaled = factor * Lanes.LoadPadded(x + i, count - i, float.NegativeInfinity);
            scaled.Store(x + i);
            largest = Vector512.Max(largest, scaled);
        }

        var max = Vector512.Create(Lanes.Max(largest));
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var e = Exp(Vector512.Load(x + i) - max);
            sum += e;
            e.Store(x + i);
        }

        var inverse = Vector512.Create(1 / Lanes.Sum(sum));
        for (var i = 0; i < count; i += Lanes.Count)
        {
            (inverse * Vector512.Load(x + i)).Store(x + i);
        }
    }

    /// <summary>log softmax of x / <paramref name="temperature"/> over <paramref name="count"/> elements, in place; memory goes on to a multiple of sixteen elements and is overwritten.</summary>
    public static void LogSoftmax(float* x, int count, float temperature)
    {
        var divisor = Vector512.Create(temperature);
        var largest = Vector512.Create(float.NegativeInfinity);
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var scaled = Lanes.LoadPadded(x + i, count - i, float.NegativeInfinity) / divisor;
            scaled.Store(x + i);
            largest = Vector512.Max(largest, scaled);
        }

        var max = Vector512.Create(Lanes.Max(largest));
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            sum += Exp(Vector512.Load(x + i) - max);
        }

        var logSum = Vector512.Create((float)Elementary.Log(Lanes.Sum(sum)));
        for (var i = 0; i < count; i += Lanes.Count)
        {
            (Vector512.Load(x + i) - max - logSum).Store(x + i);
        }
    }
}
