using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Where a tensor lies in the flat buffers of weights, gradients and moments.</summary>
internal sealed record ParameterSlot(string Name, int[] Shape, int Offset, int Length)
{
    public bool IsMatrix => Shape.Length == 2;
}

/// <summary>Offsets of a block's parameters. Query, key and value lie end to end and serve as one matrix, gate and up likewise.</summary>
internal sealed record BlockOffsets(int AttentionNorm, int QueryKeyValue, int Output, int FeedForwardNorm, int GateUp, int Down);

/// <summary>All parameters of a decoder end to end, in the canonical order of <see cref="DecoderLayout"/>.</summary>
internal sealed unsafe class DecoderParameters
{
    public DecoderParameters(DecoderSpec model)
    {
        List<ParameterSlot> slots = [];
        var offset = 0;
        foreach (var (name, shape) in DecoderLayout.Tensors(model))
        {
            var length = shape.Aggregate(1, (product, size) => checked(product * size));
            slots.Add(new ParameterSlot(name, shape, offset, length));
            offset = checked(offset + length);
        }

        Slots = slots;
        var offsets = slots.ToDictionary(slot => slot.Name, slot => slot.Offset, StringComparer.Ordinal);
        Blocks =
        [
            .. Enumerable.Range(0, model.Layers).Select(layer => new BlockOffsets(
                offsets[DecoderLayout.Block(layer, "input_layernorm")],
                offsets[DecoderLayout.Block(layer, "self_attn.q_proj")],
                offsets[DecoderLayout.Block(layer, "self_attn.o_proj")],
                offsets[DecoderLayout.Block(layer, "post_attention_layernorm")],
                offsets[DecoderLayout.Block(layer, "mlp.gate_proj")],
                offsets[DecoderLayout.Block(layer, "mlp.down_proj")])),
        ];
        Embedding = offsets[DecoderLayout.Embedding];
        FinalNorm = offsets[DecoderLayout.FinalNorm];
        Head = offsets[model.TieEmbeddings ? DecoderLayout.Embedding : DecoderLayout.Head];
        Weights = new AlignedBuffer(offset);
    }

    public IReadOnlyList<ParameterSlot> Slots { get; }

    public IReadOnlyList<BlockOffsets> Blocks { get; }

    public int Embedding { get; }

    public int FinalNorm { get; }

    /// <summary>The head's rows; the embedding's when tied.</summary>
    public int Head { get; }

    public AlignedBuffer Weights { get; }

    /// <summary>Rises with every change of the weights.</summary>
    public int Version { get; private set; }

    public float* At(int offset) => Weights.Start + offset;

    public void Changed() => Version++;

    /// <summary>Copies a flat buffer out as named tensors.</summary>
    public IEnumerable<Tensor> Export(AlignedBuffer values, string prefix = "") =>
        Slots.Select(slot => new Tensor(prefix + slot.Name, slot.Shape, values.Span.Slice(slot.Offset, slot.Length).ToArray()));

    /// <summary>Fills flat buffers from named tensors, after all of them have been checked.</summary>
    /// <param name="targets">Prefix of the names and the buffer that they fill.</param>
    /// <param name="others">Names that may be there as well.</param>
    /// <exception cref="CrescentException"><c>tensor-missing</c>, <c>tensor-invalid</c>.</exception>
    public void Import(TensorSet tensors, IReadOnlyList<(string Prefix, AlignedBuffer Values)> targets, params string[] others)
    {
        HashSet<string> expected = new(others, StringComparer.Ordinal);
        foreach (var (prefix, _) in targets)
        {
            foreach (var slot in Slots)
            {
                expected.Add(prefix + slot.Name);
                var tensor = tensors[prefix + slot.Name];
                if (!tensor.Shape.AsSpan().SequenceEqual(slot.Shape) || tensor.Values.Length != slot.Length)
                {
                    throw new CrescentException(
                        "tensor-invalid", $"Tensor '{tensor.Name}' has shape [{string.Join(", ", tensor.Shape)}] and {tensor.Values.Length} values; the model needs [{string.Join(", ", slot.Shape)}].");
                }
            }
        }

        foreach (var tensor in tensors.Tensors)
        {
            if (!expected.Contains(tensor.Name))
            {
                throw new CrescentException("tensor-invalid", $"Tensor '{tensor.Name}' does not belong to the model.");
            }
        }

        foreach (var (prefix, values) in targets)
        {
            foreach (var slot in Slots)
            {
                tensors[prefix + slot.Name].Values.CopyTo(values.Span[slot.Offset..]);
            }
        }
    }
}
