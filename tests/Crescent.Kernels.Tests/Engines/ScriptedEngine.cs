using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines;

/// <summary>An engine that only generates, by a function of the prompt.</summary>
/// <param name="writes">Takes new weights; null refuses them.</param>
internal sealed class ScriptedEngine(Func<int[], int[]> answer, Action<TensorSet>? writes = null) : IEngine
{
    public List<int> CallSizes { get; } = [];

    public DecoderSpec Model => new TinyPreset().Model;

    public EngineInfo Info => new("scripted", "none", BitExact: true);

    public int Threads { get; set; } = 1;

    public IReadOnlySet<string> Frozen { get; set; } = new HashSet<string>();

    public Generation[] Generate(IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys)
    {
        CallSizes.Add(prompts.Count);
        return [.. prompts.Select(prompt => answer(prompt)).Select(tokens => new Generation(tokens, new float[tokens.Length]))];
    }

    public IForwardPass Forward(TokenBatch batch, float temperature = 1, IEngine? reference = null, ReadOnlyMemory<float> embeddingNoise = default) => throw new NotSupportedException();

    public TokenStatistics Score(TokenBatch batch, float temperature = 1, IEngine? reference = null) => throw new NotSupportedException();

    public void Backward(IForwardPass pass, TokenCoefficients coefficients) => throw new NotSupportedException();

    public StepReport Step(AdamWSpec optimizer, double learningRate) => throw new NotSupportedException();

    public TensorSet ReadWeights() => throw new NotSupportedException();

    public void WriteWeights(TensorSet weights) => (writes ?? throw new NotSupportedException())(weights);

    public TensorSet ReadOptimizer() => throw new NotSupportedException();

    public void WriteOptimizer(TensorSet optimizer) => throw new NotSupportedException();

    public TensorSet ReadGradients() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
