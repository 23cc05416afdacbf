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

    /// <summary>Softmax of <paramref name="scale"/> x over <paramref name="count"/> elements, in place.</summary>
    public static void Softmax(float* x, int count, float scale)
    {
        var factor = Vector512.Create(scale);
        for (var i = 0; i < count; i += Lanes.Count)
        {
            Lanes.Store(factor * Lanes.Load(x + i, count - i), x + i, count - i);
        }

        var max = Vector512.Create(Lanes.Max(x, count));
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var e = Exp(Lanes.Load(x + i, count - i, float.NegativeInfinity) - max);
            sum += e;
            Lanes.Store(e, x + i, count - i);
        }

        var inverse = Vector512.Create(1 / Lanes.Sum(sum));
        for (var i = 0; i < count; i += Lanes.Count)
        {
            Lanes.Store(inverse * Lanes.Load(x + i, count - i), x + i, count - i);
        }
    }

    /// <summary>log softmax of x / <paramref name="temperature"/> over <paramref name="count"/> elements, in place.</summary>
    public static void LogSoftmax(float* x, int count, float temperature)
    {
        if (temperature != 1)
        {
            for (var i = 0; i < count; i += Lanes.Count)
            {
                Lanes.Store(Lanes.Load(x + i, count - i) / Vector512.Create(temperature), x + i, count - i);
            }
        }

        var max = Vector512.Create(Lanes.Max(x, count));
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            sum += Exp(Lanes.Load(x + i, count - i, float.NegativeInfinity) - max);
        }

        var logSum = Vector512.Create((float)Elementary.Log(Lanes.Sum(sum)));
        for (var i = 0; i < count; i += Lanes.Count)
        {
            Lanes.Store(Lanes.Load(x + i, count - i) - max - logSum, x + i, count - i);
        }
    }
}
