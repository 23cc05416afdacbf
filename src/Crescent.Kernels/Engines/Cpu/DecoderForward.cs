using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Attention of a block over the tokens at hand.</summary>
internal unsafe interface IAttentionStep
{
    void Run(int layer, float* queryKeyValue, float* output);
}

/// <summary>Takes tokens through the model: h = x + attention(norm(x)), x' = h + swiglu(norm(h)) a block. Each token's bits depend on its row alone.</summary>
internal sealed unsafe class DecoderForward(DecoderSpec model, DecoderParameters parameters, PackedWeights packed, Rotary rotary)
{
    private readonly int hidden = model.HiddenSize;
    private readonly int width = model.HiddenSize + 2 * model.KeyValueHeads * model.HeadSize;
    private readonly int feedForward = model.FeedForwardSize;
    private readonly float epsilon = (float)model.NormEpsilon;
    private readonly ValueHead? valueHead = model.ValueHead ? new ValueHead(model, parameters) : null;

    public DecoderSpec Model => model;

    /// <summary>Floats between rows of logits.</summary>
    public int LogitPitch { get; } = Panels.Wide(model.VocabularySize) * MicroKernel.Columns;

    /// <summary>Embeds tokens and runs every block; the result is <c>activations.Input(layers, at)</c>.</summary>
    /// <param name="at">Where in <paramref name="activations"/> the first token goes.</param>
    /// <param name="noise">[tokens, hidden] added to the embeddings, or empty.</param>
    public void Run(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions, ReadOnlySpan<float> noise, Activations activations, int at, IAttentionStep attention, ForwardScratch scratch)
    {
        var input = activations.Input(0, at);
        for (var t = 0; t < tokens.Length; t++)
        {
            var x = new Span<float>(input + (nint)t * hidden, hidden);
            new ReadOnlySpan<float>(parameters.At(parameters.Embedding) + (nint)tokens[t] * hidden, hidden).CopyTo(x);
            for (var i = 0; noise.Length > 0 && i < hidden; i++)
            {
                x[i] += noise[t * hidden + i];
            }
        }

        for (var layer = 0; layer < model.Layers; layer++)
        {
            Block(layer, positions, activations.At(layer, at), attention, scratch);
        }
    }

    /// <summary>log softmax(logits / temperature) of what follows the tokens at <paramref name="where"/> (indices into <paramref name="x"/>'s rows), <see cref="LogitPitch"/> apart.</summary>
    /// <param name="x">The last block's output.</param>
    /// <param name="scales">Receives 1 / root mean square of each.</param>
    public void Predict(float* x, ReadOnlySpan<int> where, float temperature, float* scales, float* logP, ForwardScratch scratch)
    {
        var normed = scratch.Hidden(where.Length);
        for (var i = 0; i < where.Length; i++)
        {
            var token = x + (nint)where[i] * hidden;
            scales[i] = RmsNorm.Scale(token, hidden, epsilon);
            RmsNorm.Apply(token, parameters.At(parameters.FinalNorm), scales[i], normed + (nint)i * hidden, hidden);
        }

        packed.Head.Multiply(where.Length, normed, hidden, logP, LogitPitch, false);
        for (var i = 0; i < where.Length; i++)
        {
            Exponential.LogSoftmax(logP + (nint)i * LogitPitch, model.VocabularySize, temperature);
        }
    }

    /// <summary>V of a state, from the last block's output.</summary>
    public float Value(float* x, float scale, ForwardScratch scratch)
    {
        var normed = scratch.Hidden(1);
        RmsNorm.Apply(x, parameters.At(parameters.FinalNorm), scale, normed, hidden);
        return valueHead!.Forward(normed, scratch.Value(valueHead.Length));
    }

    private void Block(int layer, ReadOnlySpan<int> positions, BlockActivations a, IAttentionStep attention, ForwardScratch scratch)
    {
        var tokens = positions.Length;
        var offsets = parameters.Blocks[layer];
        var weights = packed.Blocks[layer];
        var normed = scratch.Hidden(tokens);
        Normalise(tokens, a.Input, offsets.AttentionNorm, a.InputScale, normed);
        weights.QueryKeyValue.Multiply(tokens, normed, hidden, a.QueryKeyValue, width, false);
        for (var t = 0; t < tokens; t++)
        {
            rotary.Turn(a.QueryKeyValue + (nint)t * width, model.Heads + model.KeyValueHeads, positions[t], 1);
        }

        attention.Run(layer, a.QueryKeyValue, a.Attention);
        new ReadOnlySpan<float>(a.Input, tokens * hidden).CopyTo(new Span<float>(a.Middle, tokens * hidden));
        weights.Output.Multiply(tokens, a.Attention, hidden, a.Middle, hidden, true);

        Normalise(tokens, a.Middle, offsets.FeedForwardNorm, a.MiddleScale, normed);
        weights.GateUp.Multiply(tokens, normed, hidden, a.GateUp, 2 * feedForward, false);
        var activated = scratch.FeedForward(tokens);
        for (var t = 0; t < tokens; t++)
        {
            SwiGlu.Forward(a.GateUp + (nint)t * 2 * feedForward, activated + (nint)t * feedForward, feedForward);
        }

        new ReadOnlySpan<float>(a.Middle, tokens * hidden).CopyTo(new Span<float>(a.Output, tokens * hidden));
        weights.Down.Multiply(tokens, activated, feedForward, a.Output, hidden, true);
    }

    private void Normalise(int tokens, float* x, int gain, float* scales, float* normed)
    {
        for (var t = 0; t < tokens; t++)
        {
            scales[t] = RmsNorm.Scale(x + (nint)t * hidden, hidden, epsilon);
            RmsNorm.Apply(x + (nint)t * hidden, parameters.At(gain), scales[t], normed + (nint)t * hidden, hidden);
        }
    }
}

/// <summary>Memory that one worker needs inside a block.</summary>
internal sealed unsafe class ForwardScratch(DecoderSpec model)
{
    private AlignedBuffer? hidden, feedForward, value;

    public float* Hidden(int tokens) => AlignedBuffer.Grow(ref hidden, (long)tokens * model.HiddenSize);

    public float* Value(int length) => AlignedBuffer.Grow(ref value, length);

    public float* FeedForward(int tokens) => AlignedBuffer.Grow(ref feedForward, (long)tokens * model.FeedForwardSize);
}
