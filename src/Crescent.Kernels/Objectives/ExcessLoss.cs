using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary><c>rho-1</c> (arXiv 2404.07965): cross entropy on the tokens S of largest excess loss log p_ref - log p only; a = -1[S] / |S|. The reference is a separately trained model.</summary>
public sealed class ExcessLoss(Selection selection, SelectionScope scope, int microBatch) : IObjective
{
    public bool NeedsWholeWindow => true;

    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        var tokens = new WindowTokens(window);
        var log = tokens.Of(s => s.LogProbability);
        var excess = log.Zip(tokens.Of(s => s.ReferenceLogProbability), (own, reference) => reference - own).ToArray();
        var selected = new bool[tokens.Count];
        foreach (var group in tokens.Groups(scope, microBatch))
        {
            selection.Mark(excess, [.. group.SelectMany(row => row)], selected);
        }

        var count = selected.Count(one => one);
        var a = Array.ConvertAll(selected, one => one ? -1.0 / count : 0);
        return new ObjectiveResult(a.Zip(log, (weight, value) => weight * value).Sum(), [.. tokens.Split(a).Select(part => new TokenCoefficients { LogProbability = part })]);
    }
}
