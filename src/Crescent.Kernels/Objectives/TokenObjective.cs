using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>An objective that is the mean over the window's supervised tokens of a loss that each token has by itself.</summary>
public abstract class TokenObjective : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var a = new float[batch.Statistics.LogProbability.Length];
            var f = new float[batch.Statistics.ForwardKl.Length];
            for (var i = 0; i < a.Length; i++)
            {
                var token = At(batch.Statistics, i);
                loss += token.Loss;
                a[i] = (float)(token.LogProbability / window.SupervisedTokens);
                if (token.ForwardKl != 0)
                {
                    f[i] = (float)(token.ForwardKl / window.SupervisedTokens);
                }
            }

            coefficients.Add(new TokenCoefficients { LogProbability = a, ForwardKl = f });
        }

        return new ObjectiveResult(window.SupervisedTokens == 0 ? 0 : loss / window.SupervisedTokens, coefficients);
    }

    /// <summary>Loss and coefficients of one token, before the mean.</summary>
    protected abstract TokenLoss At(TokenStatistics statistics, int token);
}

/// <param name="LogProbability">Coefficient of grad log p(y).</param>
/// <param name="ForwardKl">Coefficient of grad KL(p_ref || p).</param>
public readonly record struct TokenLoss(double Loss, double LogProbability, double ForwardKl = 0);
