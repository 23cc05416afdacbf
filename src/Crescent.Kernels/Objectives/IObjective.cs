using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// Maps the statistics of an accumulation window to a loss and to the coefficients of its gradient (docs/kernels.md). Pure: knows nothing of engines. A new objective is one class and one line in <see cref="ObjectiveCatalogue"/>.
/// </summary>
public interface IObjective
{
    /// <summary>
    /// True: it looks at the statistics of all batches before the first gradient, so a window of several batches is scored first.
    /// False: it is given one batch at a time; losses and gradients of the batches add up to the window's.
    /// </summary>
    bool NeedsWholeWindow => false;

    /// <summary>True: each row carries one more token past its end, supervised only so that the statistics of the position before it are there.</summary>
    bool ReadsPastEnd => false;

    ObjectiveResult Evaluate(ObjectiveWindow window);
}

/// <param name="Batches">The batches at hand: all of the window's, or one of them.</param>
/// <param name="SupervisedTokens">N: supervised tokens of the whole window, also of batches that are not at hand.</param>
public sealed record ObjectiveWindow(IReadOnlyList<ObjectiveBatch> Batches, long SupervisedTokens);

/// <summary>One batch of a window with what the objective needs beside its tokens; arrays have one entry per supervised token.</summary>
public sealed record ObjectiveBatch(TokenBatch Tokens, TokenStatistics Statistics, PolicySignals? Signals = null);

/// <summary>What reinforcement learning knows of each supervised token.</summary>
/// <param name="Advantages">The advantage of the token, or of the try that it belongs to.</param>
/// <param name="OldLogProbabilities">log p under the policy that acted; empty on the first inner step, where that is the policy itself.</param>
public sealed record PolicySignals(float[] Advantages, float[] OldLogProbabilities)
{
    /// <summary>What a token's loss is divided by (see <see cref="LengthNormalisation"/>); empty: N, the window's supervised tokens.</summary>
    public double[] Denominators { get; init; } = [];

    /// <summary>Tokens of each sequence (a try), end to end; for objectives with one ratio a sequence.</summary>
    public int[] Sequences { get; init; } = [];

    /// <summary>Weight of each token in its sequence's log-ratio.</summary>
    public float[] Weights { get; init; } = [];

    /// <summary>Sequences of the whole window.</summary>
    public long WindowSequences { get; init; }

    /// <summary>What the value of the state before the token should have been; NaN where no value is learnt. Empty without a critic.</summary>
    public float[] Returns { get; init; } = [];

    /// <summary>The value under the policy that acted.</summary>
    public float[] OldValues { get; init; } = [];

    /// <summary>States of the whole window whose value is learnt.</summary>
    public long WindowValues { get; init; }

    /// <summary>What the loss of token i is divided by.</summary>
    public double Denominator(int token, ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return Denominators.Length == 0 ? window.SupervisedTokens : Denominators[token];
    }
}

/// <param name="Loss">The loss, or the batch's part of it.</param>
/// <param name="Coefficients">One per batch at hand.</param>
public sealed record ObjectiveResult(double Loss, IReadOnlyList<TokenCoefficients> Coefficients);
