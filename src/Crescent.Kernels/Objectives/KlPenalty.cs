using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>KL to the reference as a term of the loss: beta k(log p - log ref) inside the same mean as the policy's; a = beta k' / N.</summary>
public sealed class KlPenalty(KlEstimator estimator, double beta, double clamp) : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var a = new float[batch.Statistics.LogProbability.Length];
            for (var i = 0; i < a.Length; i++)
            {
                var denominator = batch.Signals?.Denominator(i, window) ?? window.SupervisedTokens;
                var (value, slope) = estimator.At(batch.Statistics.LogProbability[i], batch.Statistics.ReferenceLogProbability[i], clamp);
                loss += beta * value / denominator;
                a[i] = (float)(beta * slope / denominator);
            }

            coefficients.Add(new TokenCoefficients { LogProbability = a });
        }

        return new ObjectiveResult(loss, coefficients);
    }
}
