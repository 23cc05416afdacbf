using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>-bonus H inside the same mean as the policy's loss; b = -bonus / N.</summary>
public sealed class EntropyBonus(double bonus) : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var b = new float[batch.Statistics.Entropy.Length];
            for (var i = 0; i < b.Length; i++)
            {
                var weight = -bonus / (batch.Signals?.Denominator(i, window) ?? window.SupervisedTokens);
                loss += weight * batch.Statistics.Entropy[i];
                b[i] = (float)weight;
            }

            coefficients.Add(new TokenCoefficients { LogProbability = [], Entropy = b });
        }

        return new ObjectiveResult(loss, coefficients);
    }
}
