using Crescent.Kernels.Engines;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// The clipped policy objective of PPO (arXiv 1707.06347) that GRPO, RLOO and DAPO share, token by token: L = -min(r A, clip(r, 1 - low, 1 + high) A), divided by what the length normalisation says, r = exp(log p - log p_old).
/// a = -A r u / N with u = 0 where (A &gt; 0 and r &gt; 1 + high) or (A &lt; 0 and (r &lt; 1 - low or r &gt; dual)).
/// </summary>
/// <param name="clipLow">How far r may fall.</param>
/// <param name="clipHigh">How far r may rise.</param>
/// <param name="dualClip">Largest r that a negative advantage pushes against (arXiv 1912.09729); infinite: none.</param>
public sealed class ClippedPolicy(double clipLow, double clipHigh, double dualClip = double.PositiveInfinity) : IObjective
{
    /// <summary>Log-ratios are clamped to it before exp, which then stays finite.</summary>
    private const double LargestLogRatio = 20;

    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var signals = batch.Signals ?? throw new ArgumentException("A policy objective needs advantages.", nameof(window));
            var a = new float[signals.Advantages.Length];
            for (var i = 0; i < a.Length; i++)
            {
                var denominator = signals.Denominator(i, window);
                var ratio = signals.OldLogProbabilities.Length == 0 ? 1 : Ratio(batch.Statistics.LogProbability[i], signals.OldLogProbabilities[i]);
                var (value, slope) = Token(ratio, signals.Advantages[i]);
                loss += value / denominator;
                a[i] = (float)(slope / denominator);
            }

            coefficients.Add(new TokenCoefficients { LogProbability = a });
        }

        return new ObjectiveResult(loss, coefficients);
    }

    /// <summary>exp(now - old) with the exponent clamped.</summary>
    public static double Ratio(double now, double old) => Elementary.Exp(Math.Clamp(now - old, -LargestLogRatio, LargestLogRatio));

    /// <summary>A token's loss and its derivative by log p, before the mean.</summary>
    public (double Loss, double Slope) Token(double ratio, double advantage)
    {
        var clipped = Math.Clamp(ratio, 1 - clipLow, 1 + clipHigh);
        var loss = Math.Max(-ratio * advantage, -clipped * advantage);
        var slope = -advantage * ratio;
        if (advantage >= 0)
        {
            return (loss, ratio > 1 + clipHigh ? 0 : slope);
        }

        return ratio > dualClip ? (-dualClip * advantage, 0) : (loss, ratio < 1 - clipLow ? 0 : slope);
    }
}
