using Crescent.Kernels.Numerics;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Draws tokens by inverting the distribution function; token n of a continuation uses block n of its key's stream.</summary>
internal static unsafe class Sampler
{
    /// <param name="scratch">Room for <paramref name="count"/> floats, rounded up to 16.</param>
    public static int Draw(float* logP, int count, RandomKey key, uint number, float* scratch)
    {
        var total = 0.0;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            Lanes.Store(Exponential.Exp(Lanes.Load(logP + i, count - i)), scratch + i, count - i);
        }

        for (var i = 0; i < count; i++)
        {
            total += scratch[i];
        }

        var (high, low, _, _) = Philox.Block(key, number);
        var remaining = RandomStream.ToUnit(high, low) * total;
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            if (scratch[i] > 0)
            {
                last = i;
                remaining -= scratch[i];
                if (remaining < 0)
                {
                    break;
                }
            }
        }

        return last;
    }
}
