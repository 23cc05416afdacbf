namespace Crescent.Kernels.Engines;

/// <summary>
/// What the objectives may know of each supervised token t of a batch, under p = softmax(logits / temperature) at the position before it. Every array has one entry per <see cref="TokenBatch.Targets"/>, in that order.
/// </summary>
public sealed class TokenStatistics
{
    /// <summary>log p(y_t), in nats.</summary>
    public required float[] LogProbability { get; init; }

    /// <summary>H = -sum p log p, in nats.</summary>
    public required float[] Entropy { get; init; }

    /// <summary>Entropy of the renormalised top min(20, V) probabilities, in nats (EAFT).</summary>
    public required float[] TopEntropy { get; init; }

    /// <summary>sum p^2.</summary>
    public required float[] SumOfSquares { get; init; }

    /// <summary>True where y_t is the argmax (the lowest index on ties).</summary>
    public required bool[] ArgmaxHit { get; init; }

    /// <summary>log p_ref(y_t); empty without a reference.</summary>
    public float[] ReferenceLogProbability { get; init; } = [];

    /// <summary>KL(p || p_ref), in nats; empty without a reference.</summary>
    public float[] ReverseKl { get; init; } = [];

    /// <summary>KL(p_ref || p), in nats; empty without a reference.</summary>
    public float[] ForwardKl { get; init; } = [];

    /// <summary>V of the state before y_t; empty without a value head.</summary>
    public float[] Value { get; init; } = [];
}

/// <summary>
/// The gradient of a loss, written on tokens: sum over t of a_t grad log p(y_t) + b_t grad H_t + r_t grad KL(p || p_ref)_t + f_t grad KL(p_ref || p)_t + e_t grad (sum p^2)_t + v_t grad V_t.
/// Every objective of the literature reproduced here has this form (docs/kernels.md). An empty array is all zeros.
/// </summary>
public sealed class TokenCoefficients
{
    public required float[] LogProbability { get; init; }
    public float[] Entropy { get; init; } = [];
    public float[] ReverseKl { get; init; } = [];
    public float[] ForwardKl { get; init; } = [];
    public float[] SumOfSquares { get; init; } = [];

    /// <summary>Needs a value head. Its gradient always reaches the head.</summary>
    public float[] Value { get; init; } = [];

    /// <summary>Whether the gradient of the value goes on into the decoder.</summary>
    public bool ValueReachesTrunk { get; init; } = true;
}
