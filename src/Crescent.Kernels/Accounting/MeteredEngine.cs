using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Accounting;

/// <summary>Counts what an engine computes. Every forward pass is taken to be followed by its backward pass.</summary>
public sealed class MeteredEngine(IEngine inner) : IEngine
{
    private readonly double parameters = Parameters(inner.Model);

    private ComputeUse told = new();

    /// <summary>What has been computed.</summary>
    public ComputeUse Use { get; private set; } = new();

    public DecoderSpec Model => inner.Model;

    public EngineInfo Info => inner.Info;

    public int Threads
    {
        get => inner.Threads;
        set => inner.Threads = value;
    }

    public IReadOnlySet<string> Frozen
    {
        get => inner.Frozen;
        set => inner.Frozen = value;
    }

    /// <summary>N: all weights of a model, its embedding, head and value head among them.</summary>
    public static double Parameters(DecoderSpec model) => DecoderLayout.Tensors(model).Sum(tensor => tensor.Shape.Aggregate(1.0, (size, dimension) => size * dimension));

    /// <summary>Goes on counting from a snapshot, whose figures have been told.</summary>
    public void Resume(ComputeUse from) => (Use, told) = (from, from);

    /// <summary>Counts what was computed around the engine: the making of the weights that it is given.</summary>
    public void Count(ComputeUse use) => Use += use;

    /// <summary>Records what has been computed since the last call as the metrics <c>tokens</c> and <c>flops</c>.</summary>
    public void Tell(IJobContext job, int step)
    {
        ArgumentNullException.ThrowIfNull(job);
        job.Metric("flops", step, Use.Flops - told.Flops);
        job.Metric("tokens", step, Use.Tokens - told.Tokens);
        told = Use;
    }

    public IForwardPass Forward(TokenBatch batch, float temperature = 1, IEngine? reference = null, ReadOnlyMemory<float> embeddingNoise = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Use += new ComputeUse(TrainedTokens: batch.Tokens.Length, Flops: 6 * parameters * batch.Tokens.Length) + Scored(batch, reference);
        return inner.Forward(batch, temperature, reference, embeddingNoise);
    }

    public TokenStatistics Score(TokenBatch batch, float temperature = 1, IEngine? reference = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Use += Scored(batch, inner) + Scored(batch, reference);
        return inner.Score(batch, temperature, reference);
    }

    public Generation[] Generate(IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var written = inner.Generate(prompts, sampling, keys);
        var tokens = prompts.Sum(prompt => (long)prompt.Length) + written.Sum(continuation => (long)continuation.Tokens.Length);
        Use += new ComputeUse(GeneratedTokens: tokens, Flops: 2 * parameters * tokens);
        return written;
    }

    public void Backward(IForwardPass pass, TokenCoefficients coefficients) => inner.Backward(pass, coefficients);

    public StepReport Step(AdamWSpec optimizer, double learningRate) => inner.Step(optimizer, learningRate);

    public TensorSet ReadWeights() => inner.ReadWeights();

    public void WriteWeights(TensorSet weights) => inner.WriteWeights(weights);

    public TensorSet ReadOptimizer() => inner.ReadOptimizer();

    public void WriteOptimizer(TensorSet optimizer) => inner.WriteOptimizer(optimizer);

    public TensorSet ReadGradients() => inner.ReadGradients();

    public void Dispose() => inner.Dispose();

    /// <summary>An engine's own statistics, not counted: for measurements that no training needs.</summary>
    public TokenStatistics Measure(TokenBatch batch, IEngine reference) => inner.Score(batch, 1, reference);

    private static ComputeUse Scored(TokenBatch batch, IEngine? engine) =>
        engine is null ? new ComputeUse() : new ComputeUse(ScoredTokens: batch.Tokens.Length, Flops: 2 * Parameters(engine.Model) * batch.Tokens.Length);
}
