using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// <c>psft</c> (arXiv 2508.17784): -min(r, clip(r, 1 - low, 1 + high)), r = p / p_old with the old policy as the reference; a = -r [r &lt;= 1 + high] / N. The lower bound never binds, since the minimum takes r itself there.
/// </summary>
public sealed class ProximalFineTuning(double clipLow, double clipHigh) : TokenObjective
{
    private readonly ClippedPolicy clip = new(clipLow, clipHigh);

    protected override TokenLoss At(TokenStatistics statistics, int token)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var (loss, slope) = clip.Token(ClippedPolicy.Ratio(statistics.LogProbability[token], statistics.ReferenceLogProbability[token]), advantage: 1);
        return new TokenLoss(loss, slope);
    }
}
