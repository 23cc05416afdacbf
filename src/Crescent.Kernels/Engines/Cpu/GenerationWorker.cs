using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>One worker's memory and steps of generation: reading prompts, and one token for some of the running sequences.</summary>
internal sealed unsafe class GenerationWorker(DecoderForward forward, KeyValueCache cache) : IAttentionStep
{
    private readonly DecoderSpec model = forward.Model;
    private readonly RowsForward rowsForward = new(forward.Model);
    private readonly Activations activations = new(forward.Model, keep: false);
    private readonly ForwardScratch scratch = new(forward.Model);
    private readonly int width = forward.Model.HiddenSize + 2 * forward.Model.KeyValueHeads * forward.Model.HeadSize;
    private AlignedBuffer? logPBuffer, scaleBuffer, weightBuffer, probabilityBuffer;
    private int[] tokens = [];
    private int[] positions = [];
    private int[] slots = [];
    private int[] where = [];
    private int count;

    /// <summary>Runs distinct prompts, copies the cache for those that share one, and takes each sequence's first token.</summary>
    /// <param name="equal">For each row of the batch, the sequences that start with it.</param>
    public void Read(TokenBatch batch, RowChunk chunk, IReadOnlyList<List<Sequence>> equal, SamplingSpec sampling)
    {
        var rows = chunk.EndRow - chunk.FirstRow;
        float* logP = LogP(rows), scales = Scales(rows);
        rowsForward.Run(forward, batch, chunk, default, null, cache);
        rowsForward.PredictNext(forward, Temperature(sampling), scales, logP);
        for (var row = 0; row < rows; row++)
        {
            foreach (var sequence in equal[chunk.FirstRow + row])
            {
                if (sequence.CacheSlot != chunk.FirstRow + row)
                {
                    cache.Copy(chunk.FirstRow + row, sequence.CacheSlot, sequence.Prompt.Length);
                }

                sequence.Fed = sequence.Prompt.Length;
                Take(sequence, logP + (nint)row * forward.LogitPitch, sampling);
            }
        }
    }

    /// <summary>Feeds one token of each sequence, and takes the next of those that have no other left to feed.</summary>
    public void Step(ReadOnlySpan<Sequence> sequences, SamplingSpec sampling)
    {
        count = sequences.Length;
        if (tokens.Length < count)
        {
            (tokens, positions, slots, where) = (new int[count], new int[count], new int[count], [.. Enumerable.Range(0, count)]);
        }

        for (var i = 0; i < count; i++)
        {
            (tokens[i], positions[i], slots[i]) = (sequences[i][sequences[i].Fed], sequences[i].Fed, sequences[i].CacheSlot);
        }

        activations.Reserve(count);
        forward.Run(tokens.AsSpan(0, count), positions.AsSpan(0, count), default, activations, 0, this, scratch);
        float* logP = LogP(count), scales = Scales(count);
        forward.Predict(activations.Input(model.Layers, 0), where.AsSpan(0, count), Temperature(sampling), scales, logP, scratch);
        for (var i = 0; i < count; i++)
        {
            sequences[i].Fed++;
            if (sequences[i].Fed == sequences[i].Length)
            {
                Take(sequences[i], logP + (nint)i * forward.LogitPitch, sampling);
            }
        }
    }

    public void Run(int layer, float* queryKeyValue, float* output)
    {
        var weights = AlignedBuffer.Grow(ref weightBuffer, cache.WeightsLength);
        for (var i = 0; i < count; i++)
        {
            var token = queryKeyValue + (nint)i * width;
            cache.Store(slots[i], layer, positions[i], token + model.HiddenSize);
            cache.Attend(slots[i], layer, positions[i], token, output + (nint)i * model.HiddenSize, weights);
        }
    }

    /// <summary>Log-probabilities are recorded at the sampling temperature, at 1 when greedy.</summary>
    private static float Temperature(SamplingSpec sampling) => sampling.Temperature > 0 ? sampling.Temperature : 1;

    private void Take(Sequence sequence, float* logP, SamplingSpec sampling)
    {
        var token = sampling.Temperature > 0
            ? Sampler.Draw(logP, model.VocabularySize, sequence.Key, (uint)sequence.Count, AlignedBuffer.Grow(ref probabilityBuffer, forward.LogitPitch))
            : Lanes.ArgMax(logP, model.VocabularySize);
        sequence.Add(token, logP[token]);
    }

    private float* LogP(int rows) => AlignedBuffer.Grow(ref logPBuffer, (long)rows * forward.LogitPitch);

    private float* Scales(int rows) => AlignedBuffer.Grow(ref scaleBuffer, rows);
}
