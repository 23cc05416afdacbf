using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines;

/// <summary>
/// Executes one decoder on one device: weights, gradients and optimizer state live here; algorithms talk to it in tokens and coefficients. Not thread-safe: one kernel on one thread owns it.
/// Engines that call themselves deterministic give the same bits for the same weights and tokens whatever <see cref="Threads"/>, the other rows of a batch, or its split into several batches.
/// </summary>
public interface IEngine : IDisposable
{
    DecoderSpec Model { get; }

    EngineInfo Info { get; }

    /// <summary>How many threads the next calls may use; at least 1. May change between calls and never changes results.</summary>
    int Threads { get; set; }

    /// <summary>Runs the model over a batch and keeps the activations for <see cref="Backward"/>. Dispose the pass when done with it.</summary>
    /// <param name="reference">Weights compared with, or null; its vocabulary must be the same.</param>
    /// <param name="embeddingNoise">Per-token noise added to the embeddings (NEFTune), [tokens, hidden], or empty.</param>
    IForwardPass Forward(TokenBatch batch, float temperature = 1, IEngine? reference = null, ReadOnlyMemory<float> embeddingNoise = default);

    /// <summary>The statistics of <see cref="Forward"/> without keeping activations.</summary>
    TokenStatistics Score(TokenBatch batch, float temperature = 1, IEngine? reference = null);

    /// <summary>Adds the pass's gradient to the accumulated gradients.</summary>
    void Backward(IForwardPass pass, TokenCoefficients coefficients);

    /// <summary>Clips the accumulated gradients by global norm, applies AdamW with decoupled decay, and clears them.</summary>
    StepReport Step(AdamWSpec optimizer, double learningRate);

    /// <summary>Continues each prompt until <see cref="SamplingSpec.StopToken"/> (included) or the limit. The result of a prompt depends on the weights, the prompt and its key only.</summary>
    /// <param name="keys">One key a prompt: token n of its continuation draws from (key, n). Ignored at temperature 0.</param>
    Generation[] Generate(IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys);

    /// <summary>A copy of the weights, in the canonical order of <see cref="DecoderLayout"/>.</summary>
    TensorSet ReadWeights();

    /// <summary>Replaces all weights. Strict: a missing, unexpected or wrongly shaped tensor is refused before anything changes.</summary>
    void WriteWeights(TensorSet weights);

    /// <summary>The optimizer's moments and step count, enough to continue bit for bit. Empty before the first step.</summary>
    TensorSet ReadOptimizer();

    void WriteOptimizer(TensorSet optimizer);

    /// <summary>The accumulated gradients, named and ordered as the weights; for tests and diagnosis.</summary>
    TensorSet ReadGradients();

    /// <summary>Names of tensors that <see cref="Step"/> leaves alone (frozen embeddings, ...).</summary>
    IReadOnlySet<string> Frozen { get; set; }
}

/// <summary>A forward pass whose activations are still held.</summary>
public interface IForwardPass : IDisposable
{
    TokenStatistics Statistics { get; }
}

/// <param name="Name"><c>cpu</c> or <c>torch</c>.</param>
/// <param name="Device">For people: instruction set or GPU.</param>
/// <param name="BitExact">Whether a resumed job gives the same bits.</param>
public sealed record EngineInfo(string Name, string Device, bool BitExact);

/// <summary>AdamW (Loshchilov and Hutter, 2019): decoupled weight decay, on matrices and not on gains.</summary>
public sealed record AdamWSpec
{
    public double Beta1 { get; init; } = 0.9;
    public double Beta2 { get; init; } = 0.98;
    public double Epsilon { get; init; } = 1e-8;
    public double WeightDecay { get; init; }

    /// <summary>Largest global norm of the gradient; 0: no clipping.</summary>
    public double ClipNorm { get; init; } = 1;
}

/// <param name="GradientNorm">Global L2 norm before clipping.</param>
/// <param name="Finite">False when the norm is not finite; the step was then not applied.</param>
public sealed record StepReport(double GradientNorm, bool Finite);

/// <param name="MaxTokens">At most that many new tokens a prompt.</param>
/// <param name="StopToken">Ends a continuation; it is part of it.</param>
/// <param name="Temperature">0: greedy, the lowest index on ties.</param>
public sealed record SamplingSpec(int MaxTokens, int StopToken, float Temperature);

/// <param name="Tokens">The continuation, with the stop token if it came.</param>
/// <param name="LogProbability">log p of each of them at the sampling temperature (at 1 when greedy).</param>
public sealed record Generation(int[] Tokens, float[] LogProbability);
