using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>Small decoders with uneven sizes (no size a multiple of the vector width) and batches for them.</summary>
internal static class SmallModels
{
    public static DecoderSpec Grouped { get; } = new()
    {
        VocabularySize = 11, HiddenSize = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForwardSize = 13, MaxPositions = 40,
    };

    public static DecoderSpec Tied { get; } = Grouped with { TieEmbeddings = true, KeyValueHeads = 4 };

    /// <summary>Large enough for full tiles, several chunks and several strips.</summary>
    public static DecoderSpec Wide { get; } = new()
    {
        VocabularySize = 50, HiddenSize = 64, Layers = 2, Heads = 2, KeyValueHeads = 1, FeedForwardSize = 172, MaxPositions = 80,
    };

    /// <summary>Weights with gains that are not 1 and matrices large enough to matter.</summary>
    public static TensorSet Weights(DecoderSpec model, ulong seed = 1)
    {
        var stream = new RandomStream(new RandomKey(seed, RandomPurpose.SpectralNull, 99));
        return new TensorSet(
        [
            .. DecoderInitialisation.Draw(model, seed).Tensors.Select(tensor => tensor.Shape.Length == 1
                ? tensor with { Values = [.. tensor.Values.Select(_ => (float)(1 + 0.3 * stream.NextGaussian()))] }
                : tensor with { Values = [.. tensor.Values.Select(value => value * (tensor.Name == DecoderLayout.Embedding ? 30 : 1.5f))] }),
        ]);
    }

    public static CpuEngine Engine(DecoderSpec model, ulong seed = 1) => CpuEngine.Create(model, Weights(model, seed));

    /// <summary>Rows of the given lengths; every token but a row's first is supervised with probability <paramref name="supervised"/>.</summary>
    public static TokenBatch Batch(DecoderSpec model, int[] lengths, double supervised = 1, uint index = 0)
    {
        var stream = new RandomStream(new RandomKey(3, RandomPurpose.BaseData, index));
        List<int> tokens = [], targets = [], offsets = [0];
        foreach (var length in lengths)
        {
            for (var position = 0; position < length; position++)
            {
                if (position > 0 && stream.NextDouble() < supervised)
                {
                    targets.Add(tokens.Count);
                }

                tokens.Add(stream.NextInt(model.VocabularySize));
            }

            offsets.Add(tokens.Count);
        }

        return new TokenBatch([.. tokens], [.. offsets], [.. targets]);
    }

    public static float[] Random(int count, uint index)
    {
        var stream = new RandomStream(new RandomKey(5, RandomPurpose.BaseData, index));
        return [.. Enumerable.Range(0, count).Select(_ => (float)stream.NextGaussian())];
    }

    /// <summary>All kinds of coefficients, random.</summary>
    public static TokenCoefficients Coefficients(int targets, bool reference = true) => new()
    {
        LogProbability = Random(targets, 1),
        Entropy = Random(targets, 2),
        ReverseKl = reference ? Random(targets, 3) : [],
        ForwardKl = reference ? Random(targets, 4) : [],
        SumOfSquares = Random(targets, 5),
    };
}
