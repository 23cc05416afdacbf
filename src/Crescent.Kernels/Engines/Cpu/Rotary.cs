using System.Runtime.Intrinsics;
using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// Rotary position embedding (Su et al., 2021) in the rotate-half form: elements i and i + half of a head turn by position * theta^(-2i / size). Angles are rounded to float32 as the usual implementations do.
/// </summary>
internal sealed unsafe class Rotary
{
    private readonly int half;
    private readonly AlignedBuffer cosines, sines;

    public Rotary(DecoderSpec model)
    {
        half = model.HeadSize / 2;
        cosines = new AlignedBuffer((long)model.MaxPositions * half);
        sines = new AlignedBuffer((long)model.MaxPositions * half);
        for (var i = 0; i < half; i++)
        {
            var frequency = (float)(1 / Elementary.Pow(model.RopeTheta, 2.0 * i / model.HeadSize));
            for (var position = 0; position < model.MaxPositions; position++)
            {
                var (sin, cos) = Elementary.SinCos(position * frequency);
                cosines.Start[position * half + i] = (float)cos;
                sines.Start[position * half + i] = (float)sin;
            }
        }
    }

    /// <summary>Turns consecutive heads of one token, in place.</summary>
    /// <param name="direction">1, or -1 to turn back (the gradient).</param>
    public void Turn(float* heads, int count, int position, float direction)
    {
        var cos = cosines.Start + (nint)position * half;
        var sin = sines.Start + (nint)position * half;
        var sign = Vector512.Create(direction);
        for (var i = 0; i < half; i += Lanes.Count)
        {
            var left = half - i;
            var c = Lanes.Load(cos + i, left);
            var s = Lanes.Load(sin + i, left) * sign;
            for (var head = 0; head < count; head++)
            {
                var first = heads + head * 2 * half + i;
                var second = first + half;
                var (x, y) = (Lanes.Load(first, left), Lanes.Load(second, left));
                Lanes.Store(Vector512.FusedMultiplyAdd(x, c, -(y * s)), first, left);
                Lanes.Store(Vector512.FusedMultiplyAdd(y, c, x * s), second, left);
            }
        }
    }
}
