using Crescent.Kernels.Engines;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// <c>iw-sft</c> (arXiv 2507.12856): w NLL with one weight a sequence, w = sg(clip(exp(tau mean_t log(p / p_ref)), 0, most)); a = -w/N.
/// </summary>
public sealed class ImportanceWeighted(double tau, double most) : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        var tokens = new WindowTokens(window);
        var (log, reference) = (tokens.Of(s => s.LogProbability), tokens.Of(s => s.ReferenceLogProbability));
        var a = new double[tokens.Count];
        var loss = 0.0;
        foreach (var row in tokens.Rows)
        {
            var exponent = tau * row.Sum(i => (double)log[i] - reference[i]) / row.Length;
            var weight = exponent >= Elementary.Log(most) ? most : Elementary.Exp(exponent);
            foreach (var i in row)
            {
                a[i] = -weight / window.SupervisedTokens;
                loss += a[i] * log[i];
            }
        }

        return new ObjectiveResult(loss, [.. tokens.Split(a).Select(part => new TokenCoefficients { LogProbability = part })]);
    }
}
