using System.Runtime.Intrinsics;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Root mean square normalisation (Zhang and Sennrich, 2019): y = g x r, r = 1 / sqrt(mean x^2 + epsilon).</summary>
internal static unsafe class RmsNorm
{
    /// <summary>r of one token.</summary>
    public static float Scale(float* x, int size, float epsilon) => 1 / MathF.Sqrt(Lanes.Dot(x, x, size) / size + epsilon);

    /// <summary>y of one token, given its r.</summary>
    public static void Apply(float* x, float* gain, float scale, float* y, int size)
    {
        var r = Vector512.Create(scale);
        for (var i = 0; i < size; i += Lanes.Count)
        {
            var left = size - i;
            Lanes.Store(Lanes.Load(x + i, left) * r * Lanes.Load(gain + i, left), y + i, left);
        }
    }

    /// <summary>Adds the gradient of x to <paramref name="dx"/>: r (g dy - n mean(g dy n)), n = x r.</summary>
    public static void Backward(float* x, float* gain, float scale, float* dy, float* dx, int size)
    {
        var r = Vector512.Create(scale);
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < size; i += Lanes.Count)
        {
            var left = size - i;
            sum = Vector512.FusedMultiplyAdd(Lanes.Load(dy + i, left) * Lanes.Load(gain + i, left), Lanes.Load(x + i, left) * r, sum);
        }

        var mean = Vector512.Create(-Lanes.Sum(sum) / size);
        for (var i = 0; i < size; i += Lanes.Count)
        {
            var left = size - i;
            var inner = Vector512.FusedMultiplyAdd(mean, Lanes.Load(x + i, left) * r, Lanes.Load(dy + i, left) * Lanes.Load(gain + i, left));
            Lanes.Store(Vector512.FusedMultiplyAdd(inner, r, Lanes.Load(dx + i, left)), dx + i, left);
        }
    }

    /// <summary>Adds dy n of one token to the gain's gradient.</summary>
    public static void AddGainGradient(float* x, float scale, float* dy, float* gradient, int size)
    {
        var r = Vector512.Create(scale);
        for (var i = 0; i < size; i += Lanes.Count)
        {
            var left = size - i;
            Lanes.Store(Vector512.FusedMultiplyAdd(Lanes.Load(dy + i, left), Lanes.Load(x + i, left) * r, Lanes.Load(gradient + i, left)), gradient + i, left);
        }
    }
}
