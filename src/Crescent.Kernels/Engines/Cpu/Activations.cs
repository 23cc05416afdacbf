using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Where the activations of one block lie, from some token on; each [tokens, ...] row by row.</summary>
internal unsafe readonly struct BlockActivations
{
    /// <summary>Input, [hidden].</summary>
    public required float* Input { get; init; }

    /// <summary>1 / root mean square of the input, [1].</summary>
    public required float* InputScale { get; init; }

    /// <summary>Queries and keys, turned, and values.</summary>
    public required float* QueryKeyValue { get; init; }

    /// <summary>Heads' outputs, [hidden].</summary>
    public required float* Attention { get; init; }

    /// <summary>Input of the feed-forward half, [hidden].</summary>
    public required float* Middle { get; init; }

    public required float* MiddleScale { get; init; }

    /// <summary>Gate and up projections, [2 feed-forward].</summary>
    public required float* GateUp { get; init; }

    /// <summary>The block's output, the next one's input.</summary>
    public required float* Output { get; init; }
}

/// <summary>Room for activations: of every block when they are kept for a backward pass, of one block that all share when they are not.</summary>
internal sealed unsafe class Activations(DecoderSpec model, bool keep)
{
    private readonly int hidden = model.HiddenSize;
    private readonly int width = model.HiddenSize + 2 * model.KeyValueHeads * model.HeadSize;
    private readonly int gateUp = 2 * model.FeedForwardSize;
    private AlignedBuffer? buffer;
    private nint capacity;

    private nint PerToken => 3 * hidden + width + gateUp + 2;

    /// <summary>Makes room; contents are lost.</summary>
    public void Reserve(int tokens)
    {
        if (tokens > capacity)
        {
            capacity = (tokens + 15) & ~15;
            AlignedBuffer.Grow(ref buffer, capacity * (PerToken * (keep ? model.Layers : 1) + hidden));
        }
    }

    /// <summary>Activations of a block (or, as an input only, of what follows the last block).</summary>
    public BlockActivations At(int layer, int token)
    {
        var p = Start(layer);
        return new BlockActivations
        {
            Input = p + (nint)token * hidden,
            Attention = (p += capacity * hidden) + (nint)token * hidden,
            Middle = (p += capacity * hidden) + (nint)token * hidden,
            QueryKeyValue = (p += capacity * hidden) + (nint)token * width,
            GateUp = (p += capacity * width) + (nint)token * gateUp,
            InputScale = (p += capacity * gateUp) + token,
            MiddleScale = p + capacity + token,
            Output = Input(layer + 1, token),
        };
    }

    /// <summary>Input of a block, or the last block's output.</summary>
    public float* Input(int layer, int token) => Start(layer) + (nint)token * hidden;

    private float* Start(int layer) => buffer!.Start + (keep ? capacity * PerToken * layer : 0);
}
