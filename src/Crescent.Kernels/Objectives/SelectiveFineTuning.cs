using Crescent.Kernels.Engines;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary>Settings of <c>eksft</c>, none left open.</summary>
/// <param name="High">Selects by entropy.</param>
/// <param name="Far">Selects by divergence from the reference.</param>
/// <param name="Adapt">Scale the weights by their targets.</param>
/// <param name="Vocabulary">V of H / ln V.</param>
public sealed record SelectiveSettings(
    Selection High, Selection Far, SelectionSets Sets, SelectionScope Scope, int MicroBatch, double LambdaEntropy, double LambdaKl, bool Adapt, double EntropyTarget, double KlTarget, int Vocabulary)
{
    private const double Up = 1.05, Down = 0.95;

    public double LogVocabulary { get; } = Elementary.Log(Vocabulary);

    /// <summary>The weight of the entropy at a mean normalised entropy of the selected.</summary>
    public double EntropyWeight(double mean) => !Adapt ? LambdaEntropy : LambdaEntropy * (mean < EntropyTarget ? Up : Down);

    /// <summary>The weight of the divergence at its mean over the selected.</summary>
    public double KlWeight(double mean) => !Adapt ? LambdaKl : LambdaKl * (mean > KlTarget ? Up : Down);

    public bool IsMasked(bool high, bool far) => Sets == SelectionSets.Union ? high || far : high && far;
}

/// <summary>
/// <c>eksft</c> (arXiv 2605.29303), aligned: tokens of high entropy M_H and of high divergence M_KL, chosen at the position that predicts them, are masked (M, their union or intersection);
/// mean cross entropy over the rest - lambda_H mean over M_H of H / ln V + lambda_KL mean over M_KL of KL(p || ref). a = -1[not M]/|not M|, b = -lambda_H/(|M_H| ln V), r = lambda_KL/|M_KL|.
/// </summary>
/// <remarks>Means are over the whole window. An empty selection has no term; with nothing left unmasked there is no cross entropy.</remarks>
public sealed class SelectiveFineTuning(SelectiveSettings settings) : IObjective
{
    public bool NeedsWholeWindow => true;

    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        var tokens = new WindowTokens(window);
        var (log, entropy, kl) = (tokens.Of(s => s.LogProbability), tokens.Of(s => s.Entropy), tokens.Of(s => s.ReverseKl));
        var (high, far) = (new bool[tokens.Count], new bool[tokens.Count]);
        foreach (var group in tokens.Groups(settings.Scope, settings.MicroBatch))
        {
            int[] members = [.. group.SelectMany(row => row)];
            settings.High.Mark(entropy, members, high);
            settings.Far.Mark(kl, members, far);
        }

        int[] all = [.. Enumerable.Range(0, tokens.Count)];
        int[] kept = [.. all.Where(i => !settings.IsMasked(high[i], far[i]))], highs = [.. all.Where(i => high[i])], fars = [.. all.Where(i => far[i])];
        var (a, b, r) = (new double[tokens.Count], new double[tokens.Count], new double[tokens.Count]);
        var loss = 0.0;
        foreach (var i in kept)
        {
            a[i] = -1.0 / kept.Length;
            loss += a[i] * log[i];
        }

        if (highs.Length > 0)
        {
            var mean = highs.Sum(i => entropy[i] / settings.LogVocabulary) / highs.Length;
            var weight = settings.EntropyWeight(mean);
            loss -= weight * mean;
            Array.ForEach(highs, i => b[i] = -weight / (highs.Length * settings.LogVocabulary));
        }

        if (fars.Length > 0)
        {
            var mean = fars.Sum(i => (double)kl[i]) / fars.Length;
            var weight = settings.KlWeight(mean);
            loss += weight * mean;
            Array.ForEach(fars, i => r[i] = weight / fars.Length);
        }

        return new ObjectiveResult(loss, [.. tokens.Split(a).Zip(tokens.Split(b), tokens.Split(r)).Select(parts => new TokenCoefficients { LogProbability = parts.First, Entropy = parts.Second, ReverseKl = parts.Third })]);
    }
}
