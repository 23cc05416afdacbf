using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Fills <see cref="TokenStatistics"/> target by target, in any order.</summary>
internal sealed unsafe class StatisticsRecorder(TokenBatch batch, int vocabulary, bool reference, bool value)
{
    public TokenStatistics Statistics { get; } = new()
    {
        LogProbability = new float[batch.Targets.Length],
        Entropy = new float[batch.Targets.Length],
        TopEntropy = new float[batch.Targets.Length],
        SumOfSquares = new float[batch.Targets.Length],
        ArgmaxHit = new bool[batch.Targets.Length],
        ReferenceLogProbability = reference ? new float[batch.Targets.Length] : [],
        ReverseKl = reference ? new float[batch.Targets.Length] : [],
        ForwardKl = reference ? new float[batch.Targets.Length] : [],
        Value = value ? new float[batch.Targets.Length] : [],
    };

    /// <param name="logQ">The reference's log-probabilities, or null.</param>
    public void Record(int target, float* logP, float* logQ)
    {
        var token = batch.Tokens[batch.Targets[target]];
        Statistics.LogProbability[target] = logP[token];
        (Statistics.Entropy[target], Statistics.SumOfSquares[target]) = TokenDistribution.Spread(logP, vocabulary);
        Statistics.TopEntropy[target] = TokenDistribution.TopEntropy(logP, vocabulary);
        Statistics.ArgmaxHit[target] = Lanes.ArgMax(logP, vocabulary) == token;
        if (logQ is not null)
        {
            Statistics.ReferenceLogProbability[target] = logQ[token];
            Statistics.ReverseKl[target] = TokenDistribution.Divergence(logP, logQ, vocabulary);
            Statistics.ForwardKl[target] = TokenDistribution.Divergence(logQ, logP, vocabulary);
        }
    }
}
