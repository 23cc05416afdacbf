using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// Accumulated gradients, laid out as the parameters. A tied head has its own accumulator: its sums and the embedding's are separate chains over tokens, joined when read, so that the split of a batch changes nothing.
/// </summary>
internal sealed unsafe class DecoderGradients(DecoderSpec model, DecoderParameters parameters)
{
    private readonly AlignedBuffer values = new(parameters.Weights.Length);
    private readonly AlignedBuffer? tiedHead = model.TieEmbeddings ? new AlignedBuffer((long)model.VocabularySize * model.HiddenSize) : null;

    /// <summary>True once something has been added since the last <see cref="Clear"/>.</summary>
    public bool Any { get; set; }

    public float* At(int offset) => values.Start + offset;

    public float* Head => tiedHead is null ? At(parameters.Head) : tiedHead.Start;

    /// <summary>All gradients, the tied head's added to the embedding's; accumulation must not go on after it.</summary>
    public AlignedBuffer Join()
    {
        AddHead(values.Span);
        tiedHead?.Span.Clear();
        return values;
    }

    public TensorSet Export()
    {
        var copy = new AlignedBuffer(values.Length);
        values.Span.CopyTo(copy.Span);
        AddHead(copy.Span);
        return new TensorSet([.. parameters.Export(copy)]);
    }

    public void Clear()
    {
        values.Span.Clear();
        tiedHead?.Span.Clear();
        Any = false;
    }

    private void AddHead(Span<float> target)
    {
        for (var i = 0; tiedHead is not null && i < tiedHead.Length; i++)
        {
            target[parameters.Embedding + i] += tiedHead.Start[i];
        }
    }
}
