using Crescent.Kernels.Engines;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary><c>eaft</c> (arXiv 2601.02151): sg((H20 / 3)^alpha) NLL, H20 the entropy of the renormalised top 20; a = -(H20 / 3)^alpha / N.</summary>
public sealed class EntropyWeighted(double alpha) : TokenObjective
{
    protected override TokenLoss At(TokenStatistics statistics, int token)
    {
        ArgumentNullException.ThrowIfNull(statistics);

        // Rounding may leave the entropy of a certain token a hair under 0.
        var weight = alpha == 0 ? 1 : statistics.TopEntropy[token] <= 0 ? 0 : Elementary.Pow(statistics.TopEntropy[token] / 3, alpha);
        return new TokenLoss(-weight * statistics.LogProbability[token], -weight);
    }
}
