using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// The clipped policy objective with one ratio a sequence, s = exp(sum_t w_t (log p - log p_old)): L = -mean over sequences of min(s A, clip(s, 1 - low, 1 + high) A); a_t = -A s u w_t / B.
/// <c>gspo</c> (arXiv 2507.18071) has w_t = 1 / length; <c>ppo</c> with one action a turn has the source study's weights, less on the prefix than on the formula (arXiv 2501.17161).
/// </summary>
/// <param name="clip">The token's rule, which a sequence follows too.</param>
public sealed class SequencePolicy(ClippedPolicy clip) : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var signals = batch.Signals ?? throw new ArgumentException("A policy objective needs advantages.", nameof(window));
            var a = new float[signals.Advantages.Length];
            var start = 0;
            foreach (var length in signals.Sequences)
            {
                var (value, slope) = clip.Token(Ratio(batch.Statistics.LogProbability, signals, start, length), signals.Advantages[start]);
                loss += value / signals.WindowSequences;
                for (var i = start; i < start + length; i++)
                {
                    a[i] = (float)(slope * signals.Weights[i] / signals.WindowSequences);
                }

                start += length;
            }

            coefficients.Add(new TokenCoefficients { LogProbability = a });
        }

        return new ObjectiveResult(loss, coefficients);
    }

    /// <summary>s of one sequence; 1 where the policy that acted is the policy itself.</summary>
    public static double Ratio(float[] logProbabilities, PolicySignals signals, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        ArgumentNullException.ThrowIfNull(signals);
        var exponent = 0.0;
        for (var i = start; i < start + length && signals.OldLogProbabilities.Length > 0; i++)
        {
            exponent += signals.Weights[i] * ((double)logProbabilities[i] - signals.OldLogProbabilities[i]);
        }

        return ClippedPolicy.Ratio(exponent, 0);
    }
}
