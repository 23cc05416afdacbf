using Crescent.Kernels.Engines;
using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Tests.Objectives;

/// <summary>Batches of made-up statistics.</summary>
internal static class Windows
{
    public static ObjectiveBatch Batch(float[] logProbabilities, PolicySignals? signals = null)
    {
        var statistics = new TokenStatistics
        {
            LogProbability = logProbabilities,
            Entropy = new float[logProbabilities.Length],
            TopEntropy = new float[logProbabilities.Length],
            SumOfSquares = new float[logProbabilities.Length],
            ArgmaxHit = new bool[logProbabilities.Length],
        };
        return new ObjectiveBatch(new TokenBatch([], [0], []), statistics, signals);
    }
}
