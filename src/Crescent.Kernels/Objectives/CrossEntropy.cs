using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary><c>sft</c>: mean negative log-likelihood over the window's supervised tokens; a = -1/N.</summary>
public sealed class CrossEntropy : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var logProbability = batch.Statistics.LogProbability;
            var a = new float[logProbability.Length];
            Array.Fill(a, (float)(-1.0 / window.SupervisedTokens));
            foreach (var value in logProbability)
            {
                loss -= value;
            }

            coefficients.Add(new TokenCoefficients { LogProbability = a });
        }

        return new ObjectiveResult(window.SupervisedTokens == 0 ? 0 : loss / window.SupervisedTokens, coefficients);
    }
}
