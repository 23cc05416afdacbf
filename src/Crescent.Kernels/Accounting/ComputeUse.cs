using System.Text.Json.Serialization;

namespace Crescent.Kernels.Accounting;

/// <summary>
/// What a job has computed: a function of its spec and inputs, not of the machine. FLOPs by the usual estimate for a model of N parameters (arXiv 2501.17161): 6 N a trained token, 2 N a scored or generated one;
/// and of the linear algebra of spectra and interventions by <see cref="MatrixOperations"/>.
/// </summary>
/// <param name="TrainedTokens">Tokens taken forward and backward.</param>
/// <param name="ScoredTokens">Tokens taken forward only: by references, and by the policy before its first step.</param>
/// <param name="GeneratedTokens">Tokens of generation: each call reads its whole prompt and writes its continuation. The engine's cache may read less.</param>
public sealed record ComputeUse(long TrainedTokens = 0, long ScoredTokens = 0, long GeneratedTokens = 0, double Flops = 0)
{
    /// <summary>All of them.</summary>
    [JsonIgnore]
    public long Tokens => TrainedTokens + ScoredTokens + GeneratedTokens;

    public static ComputeUse operator +(ComputeUse one, ComputeUse other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new ComputeUse(one.TrainedTokens + other.TrainedTokens, one.ScoredTokens + other.ScoredTokens, one.GeneratedTokens + other.GeneratedTokens, one.Flops + other.Flops);
    }
}

/// <summary>Payload of a finished training job.</summary>
public sealed record TrainingSummary(ComputeUse Compute);
