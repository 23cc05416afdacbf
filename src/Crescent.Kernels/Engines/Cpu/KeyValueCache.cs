using System.Runtime.Intrinsics;
using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// Keys and values of the tokens so far, a slot per sequence: keys [head size, positions] so that one query meets sixteen positions at a time, values [positions, head size].
/// Attention through it gives the bits of <see cref="CausalAttention"/>: the same chains in the same order.
/// </summary>
internal sealed unsafe class KeyValueCache(DecoderSpec model)
{
    private readonly int size = model.HeadSize;
    private readonly int keyValueHeads = model.KeyValueHeads;
    private readonly int group = model.Heads / model.KeyValueHeads;
    private readonly float scale = 1 / MathF.Sqrt(model.HeadSize);
    private AlignedBuffer? buffer, spare;
    private int positions;
    private nint perLayer, perSlot;

    /// <summary>Floats that one slot takes.</summary>
    public static long SlotLength(DecoderSpec model, int positions) => 2L * model.Layers * model.KeyValueHeads * model.HeadSize * Round(positions);

    /// <summary>Makes room for sequences of at most so many tokens.</summary>
    public void Reserve(int slots, int maxPositions)
    {
        positions = Round(maxPositions);
        perLayer = 2 * (nint)keyValueHeads * size * positions;
        perSlot = perLayer * model.Layers;
        AlignedBuffer.Grow(ref buffer, slots * perSlot);
    }

    /// <summary>Keeps some sequences only, with room for more tokens: the first tokens of slot <c>kept[i].Slot</c> move to slot i.</summary>
    public void Keep(IReadOnlyList<(int Slot, int Tokens)> kept, int maxPositions)
    {
        var (source, oldPositions, oldPerLayer, oldPerSlot) = (buffer!, positions, perLayer, perSlot);
        (buffer, spare) = (spare, buffer);

        // Room for the longest dialogue at once: the buffer would otherwise be replaced at every turn.
        AlignedBuffer.Grow(ref buffer, kept.Count * SlotLength(model, model.MaxPositions));
        Reserve(kept.Count, maxPositions);
        for (var slot = 0; slot < kept.Count; slot++)
        {
            for (var layer = 0; layer < model.Layers; layer++)
            {
                var keys = source.Start + kept[slot].Slot * oldPerSlot + layer * oldPerLayer;
                for (var i = 0; i < keyValueHeads * size; i++)
                {
                    Move(keys + (nint)i * oldPositions, Keys(slot, layer) + (nint)i * positions, kept[slot].Tokens);
                }

                for (var head = 0; head < keyValueHeads; head++)
                {
                    Move(keys + oldPerLayer / 2 + (nint)head * size * oldPositions, Values(slot, layer, head), kept[slot].Tokens * size);
                }
            }
        }
    }

    /// <summary>Stores one token's keys and values.</summary>
    /// <param name="keys">Key heads, then value heads.</param>
    public void Store(int slot, int layer, int position, float* keys)
    {
        var values = keys + keyValueHeads * size;
        var keyRows = Keys(slot, layer);
        for (var i = 0; i < keyValueHeads * size; i++)
        {
            keyRows[(nint)i * positions + position] = keys[i];
        }

        for (var head = 0; head < keyValueHeads; head++)
        {
            new ReadOnlySpan<float>(values + head * size, size).CopyTo(new Span<float>(Values(slot, layer, head) + (nint)position * size, size));
        }
    }

    /// <summary>Copies one sequence's first tokens to another slot.</summary>
    public void Copy(int from, int to, int tokens)
    {
        for (var layer = 0; layer < model.Layers; layer++)
        {
            for (var i = 0; i < keyValueHeads * size; i++)
            {
                Move(Keys(from, layer) + (nint)i * positions, Keys(to, layer) + (nint)i * positions, tokens);
            }

            for (var head = 0; head < keyValueHeads; head++)
            {
                Move(Values(from, layer, head), Values(to, layer, head), tokens * size);
            }
        }
    }

    /// <summary>Attention of the token at <paramref name="position"/>, which has been stored, over all up to itself.</summary>
    /// <param name="weights">Scratch, <see cref="WeightsLength"/>.</param>
    public void Attend(int slot, int layer, int position, float* queries, float* output, float* weights)
    {
        var count = position + 1;
        for (var head = 0; head < model.Heads; head++)
        {
            var keyHead = head / group;
            var keys = Keys(slot, layer) + (nint)keyHead * size * positions;
            var query = queries + head * size;
            for (var j = 0; j < count; j += Lanes.Count)
            {
                var sum = Vector512<float>.Zero;
                var column = keys + j;
                for (var c = 0; c < size; c++, column += positions)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(query[c]), Vector512.Load(column), sum);
                }

                sum.Store(weights + j);
            }

            Exponential.Softmax(weights, count, scale);
            Combine(weights, Values(slot, layer, keyHead), count, output + head * size);
        }
    }

    /// <summary>Floats of scratch that <see cref="Attend"/> needs.</summary>
    public int WeightsLength => positions;

    private void Combine(float* weights, float* values, int count, float* output)
    {
        for (var c = 0; c < size; c += Lanes.Count)
        {
            var left = size - c;
            var sum = Vector512<float>.Zero;
            var row = values + c;
            for (var j = 0; j < count; j++, row += size)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(weights[j]), Lanes.Load(row, left), sum);
            }

            Lanes.Store(sum, output + c, left);
        }
    }

    private static void Move(float* source, float* target, int count) => new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));

    private static int Round(int positions) => (positions + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    private float* Keys(int slot, int layer) => buffer!.Start + slot * perSlot + layer * perLayer;

    private float* Values(int slot, int layer, int head) => Keys(slot, layer) + perLayer / 2 + (nint)head * size * positions;
}
