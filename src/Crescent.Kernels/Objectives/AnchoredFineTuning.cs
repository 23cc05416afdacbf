using Crescent.Kernels.Engines;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// <c>sft-kl</c>: NLL + lambda KL(ref || p). <c>asft</c> (arXiv 2509.23753): sg(p) NLL + lambda KL(ref || p). a = -1/N or -p/N, f = lambda/N.
/// </summary>
/// <param name="weighted">True: the likelihood is weighted by p, as in DFT.</param>
public sealed class AnchoredFineTuning(double lambda, bool weighted) : TokenObjective
{
    protected override TokenLoss At(TokenStatistics statistics, int token)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var log = statistics.LogProbability[token];
        var weight = weighted ? Elementary.Exp(log) : 1;
        return new TokenLoss(-weight * log + (lambda * statistics.ForwardKl[token]), -weight, lambda);
    }
}
