using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>One worker's means of running whole rows through a decoder: causal attention row by row, log-probabilities where they are wanted.</summary>
internal sealed unsafe class RowsForward : IAttentionStep
{
    private readonly DecoderSpec model;
    private readonly CausalAttention attention;
    private readonly Activations transient;
    private readonly ForwardScratch scratch;
    private readonly int width;
    private int[] positions = [];
    private int[] where = [];
    private TokenBatch? batch;
    private RowChunk chunk;
    private KeyValueCache? cache;
    private float* final;

    public RowsForward(DecoderSpec model)
    {
        this.model = model;
        attention = new CausalAttention(model);
        transient = new Activations(model, keep: false);
        scratch = new ForwardScratch(model);
        width = model.HiddenSize + 2 * model.KeyValueHeads * model.HeadSize;
    }

    /// <summary>Runs a chunk through all blocks.</summary>
    /// <param name="noise">[tokens of the batch, hidden] added to the embeddings, or empty.</param>
    /// <param name="keep">Where activations are kept, at the batch's token indices; null: nowhere.</param>
    /// <param name="fill">Receives every row's keys and values, in the slot of the row's number; null: none does.</param>
    public void Run(DecoderForward forward, TokenBatch ofBatch, RowChunk ofChunk, ReadOnlySpan<float> noise, Activations? keep, KeyValueCache? fill)
    {
        (batch, chunk, cache) = (ofBatch, ofChunk, fill);
        if (positions.Length < chunk.Tokens)
        {
            (positions, where) = (new int[chunk.Tokens], new int[chunk.Tokens]);
        }

        for (var row = chunk.FirstRow; row < chunk.EndRow; row++)
        {
            for (var token = batch.Offsets[row]; token < batch.Offsets[row + 1]; token++)
            {
                positions[token - chunk.FirstToken] = token - batch.Offsets[row];
            }
        }

        transient.Reserve(keep is null ? chunk.Tokens : 0);
        var (activations, at) = (keep ?? transient, keep is null ? 0 : chunk.FirstToken);
        var ownNoise = noise.IsEmpty ? noise : noise.Slice(chunk.FirstToken * model.HiddenSize, chunk.Tokens * model.HiddenSize);
        forward.Run(batch.Tokens.AsSpan(chunk.FirstToken, chunk.Tokens), positions.AsSpan(0, chunk.Tokens), ownNoise, activations, at, this, scratch);
        final = activations.Input(model.Layers, at);
    }

    /// <summary>log softmax(logits / temperature) for the chunk's supervised tokens, <see cref="DecoderForward.LogitPitch"/> apart.</summary>
    /// <param name="scales">Final norm's scale at each.</param>
    public void PredictTargets(DecoderForward forward, float temperature, float* scales, float* logP)
    {
        for (var i = 0; i < chunk.Targets; i++)
        {
            where[i] = batch!.Targets[chunk.FirstTarget + i] - 1 - chunk.FirstToken;
        }

        forward.Predict(final, where.AsSpan(0, chunk.Targets), temperature, scales, logP, scratch);
    }

    /// <summary>Values of the states before the chunk's supervised tokens, at the scales that <see cref="PredictTargets"/> filled.</summary>
    public void Value(DecoderForward forward, float* scales, Span<float> values)
    {
        for (var i = 0; i < chunk.Targets; i++)
        {
            var token = batch!.Targets[chunk.FirstTarget + i] - 1 - chunk.FirstToken;
            values[i] = forward.Value(final + (nint)token * model.HiddenSize, scales[i], scratch);
        }
    }

    /// <summary>The same for what follows each row.</summary>
    public void PredictNext(DecoderForward forward, float temperature, float* scales, float* logP)
    {
        var rows = chunk.EndRow - chunk.FirstRow;
        for (var i = 0; i < rows; i++)
        {
            where[i] = batch!.Offsets[chunk.FirstRow + i + 1] - 1 - chunk.FirstToken;
        }

        forward.Predict(final, where.AsSpan(0, rows), temperature, scales, logP, scratch);
    }

    public void Run(int layer, float* queryKeyValue, float* output)
    {
        for (var row = chunk.FirstRow; row < chunk.EndRow; row++)
        {
            var start = (nint)(batch!.Offsets[row] - chunk.FirstToken);
            var tokens = batch.Offsets[row + 1] - batch.Offsets[row];
            attention.Forward(tokens, queryKeyValue + start * width, output + start * model.HiddenSize);
            for (var position = 0; cache is not null && position < tokens; position++)
            {
                cache.Store(row, layer, position, queryKeyValue + (start + position) * width + model.HiddenSize);
            }
        }
    }
}
