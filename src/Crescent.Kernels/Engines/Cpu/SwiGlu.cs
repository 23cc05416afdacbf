using System.Runtime.Intrinsics;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>The gated activation of a feed-forward layer (Shazeer, 2020): a = silu(g) u, silu(g) = g sigmoid(g). A token's g and u lie end to end.</summary>
internal static unsafe class SwiGlu
{
    public static void Forward(float* gateUp, float* output, int size)
    {
        for (var i = 0; i < size; i += Lanes.Count)
        {
            var left = size - i;
            var gate = Lanes.Load(gateUp + i, left);
            Lanes.Store(gate * Exponential.Sigmoid(gate) * Lanes.Load(gateUp + size + i, left), output + i, left);
        }
    }

    /// <summary>Gradients of g and u from that of a; also computes a again, which is cheaper than having kept it.</summary>
    public static void Backward(float* gateUp, float* gradient, float* gateUpGradient, float* output, int size)
    {
        var one = Vector512.Create(1f);
        for (var i = 0; i < size; i += Lanes.Count)
        {
            var left = size - i;
            var gate = Lanes.Load(gateUp + i, left);
            var up = Lanes.Load(gateUp + size + i, left);
            var da = Lanes.Load(gradient + i, left);
            var sigmoid = Exponential.Sigmoid(gate);
            var silu = gate * sigmoid;
            Lanes.Store(silu * up, output + i, left);
            Lanes.Store(da * silu, gateUpGradient + size + i, left);
            Lanes.Store(da * up * Vector512.FusedMultiplyAdd(silu, one - sigmoid, sigmoid), gateUpGradient + i, left);
        }
    }
}
