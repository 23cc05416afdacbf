using Crescent.Kernels.Engines;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary><c>dft</c> (arXiv 2508.05629): -sg(p) log p; a = -p/N.</summary>
public sealed class DynamicFineTuning : TokenObjective
{
    protected override TokenLoss At(TokenStatistics statistics, int token)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var log = statistics.LogProbability[token];
        var p = Elementary.Exp(log);
        return new TokenLoss(-p * log, -p);
    }
}
