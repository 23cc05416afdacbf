using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>Several terms of one loss: losses and coefficients add up.</summary>
public sealed class ObjectiveSum(IReadOnlyList<IObjective> terms) : IObjective
{
    public bool NeedsWholeWindow => terms.Any(term => term.NeedsWholeWindow);

    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        var results = terms.Select(term => term.Evaluate(window)).ToList();
        return results.Count == 1 ? results[0] : new ObjectiveResult(
            results.Sum(result => result.Loss), [.. Enumerable.Range(0, window.Batches.Count).Select(batch => results.Select(result => result.Coefficients[batch]).Aggregate(Add))]);
    }

    private static TokenCoefficients Add(TokenCoefficients one, TokenCoefficients other) => new()
    {
        LogProbability = Add(one.LogProbability, other.LogProbability),
        Entropy = Add(one.Entropy, other.Entropy),
        ReverseKl = Add(one.ReverseKl, other.ReverseKl),
        ForwardKl = Add(one.ForwardKl, other.ForwardKl),
        SumOfSquares = Add(one.SumOfSquares, other.SumOfSquares),
        Value = Add(one.Value, other.Value),
        ValueReachesTrunk = one.ValueReachesTrunk && other.ValueReachesTrunk,
    };

    private static float[] Add(float[] one, float[] other) => one.Length == 0 ? other : other.Length == 0 ? one : [.. one.Zip(other, (x, y) => x + y)];
}
