using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>
/// An SFT objective by name, with its options (docs/kernels.md). An option left out has the objective's own default; one that the objective does not have is refused.
/// </summary>
public sealed record ObjectiveSpec(string Name = "sft")
{
    /// <summary>What the objective compares the policy with: <c>default</c>, <c>start</c> (a frozen copy of the run's starting checkpoint), <c>base</c> (the experiment's base), or the SHA-256 of another checkpoint.</summary>
    public string Reference { get; init; } = ObjectiveReferences.Default;

    /// <summary>Weight of the divergence from the reference (sft-kl, asft).</summary>
    public double? Lambda { get; init; }

    /// <summary>Weight of the entropy of the tokens of high entropy (eksft); 0 with <see cref="LambdaKl"/> 0: pure masking.</summary>
    public double? LambdaEntropy { get; init; }

    /// <summary>Weight of the divergence of the tokens of high divergence (eksft).</summary>
    public double? LambdaKl { get; init; }

    /// <summary>True: each weight of eksft is multiplied by 1.05 or 0.95 by the targets below; it does not accumulate.</summary>
    public bool? AdaptLambda { get; init; }

    /// <summary>Mean of H / ln V under which <see cref="LambdaEntropy"/> is raised.</summary>
    public double? EntropyTarget { get; init; }

    /// <summary>Mean divergence over which <see cref="LambdaKl"/> is raised, in nats.</summary>
    public double? KlTarget { get; init; }

    /// <summary>How tokens are selected (eksft, rho-1).</summary>
    public SelectionRule? Selection { get; init; }

    /// <summary>Share of the tokens of a scope that <c>top-ratio</c> selects: floor(ratio x tokens).</summary>
    public double? Ratio { get; init; }

    /// <summary>Share of the tokens that stay on the other side of the bound of <c>quantile</c>.</summary>
    public double? Quantile { get; init; }

    /// <summary>Bound of <c>threshold</c> on the excess loss, in nats (rho-1).</summary>
    public double? Threshold { get; init; }

    /// <summary>Bound of <c>threshold</c> on the entropy, in nats (eksft).</summary>
    public double? EntropyThreshold { get; init; }

    /// <summary>Bound of <c>threshold</c> on the divergence, in nats (eksft).</summary>
    public double? KlThreshold { get; init; }

    /// <summary>Among which tokens a selection is made.</summary>
    public SelectionScope? Scope { get; init; }

    /// <summary>Rows of a scope <c>micro-batch</c>, counted through the step's rows; how the engine splits a batch plays no part.</summary>
    public int? MicroBatch { get; init; }

    /// <summary>How the two selections of eksft make one mask.</summary>
    public SelectionSets? Sets { get; init; }

    /// <summary>Which end is selected.</summary>
    public SelectionSide? Side { get; init; }

    /// <summary>Exponent of a sequence's weight (iw-sft).</summary>
    public double? Tau { get; init; }

    /// <summary>Largest weight of a sequence (iw-sft).</summary>
    public double? MaxWeight { get; init; }

    /// <summary>How far the ratio may fall (psft).</summary>
    public double? ClipLow { get; init; }

    /// <summary>How far the ratio may rise (psft).</summary>
    public double? ClipHigh { get; init; }

    /// <summary>Steps after which the old policy becomes the current one (psft); 1: each step, which is SFT.</summary>
    public int? RefreshEvery { get; init; }

    /// <summary>Size of the noise (neftune), exponent of the entropy (eaft).</summary>
    public double? Alpha { get; init; }
}
