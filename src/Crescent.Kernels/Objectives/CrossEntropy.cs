using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary><c>sft</c> and <c>neftune</c>: mean negative log-likelihood over the window's supervised tokens; a = -1/N.</summary>
public sealed class CrossEntropy : TokenObjective
{
    protected override TokenLoss At(TokenStatistics statistics, int token)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return new TokenLoss(-statistics.LogProbability[token], -1);
    }
}
