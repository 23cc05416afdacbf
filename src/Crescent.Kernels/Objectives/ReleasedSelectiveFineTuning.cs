using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// <c>eksft-released</c>: the rule of the code that came with arXiv 2605.29303, defects included, for comparison with <see cref="SelectiveFineTuning"/>. It differs in three ways:
/// entropy and divergence of the position after a token (which predicts the next one) decide whether that token is masked; the divergence of the loss is sum p (p - log p_ref) = S + H + KL, so its weight also stands on H and S = sum p^2;
/// and every mean is over one scope (a sequence, as its micro-batch is 1), then over the scopes.
/// </summary>
/// <remarks>Each row carries one token past its end, whose position is the last that is looked at; that token itself is never learnt.</remarks>
public sealed class ReleasedSelectiveFineTuning(SelectiveSettings settings) : IObjective
{
    public bool NeedsWholeWindow => true;

    public bool ReadsPastEnd => true;

    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        var tokens = new WindowTokens(window);
        float[] log = tokens.Of(s => s.LogProbability), entropy = tokens.Of(s => s.Entropy), kl = tokens.Of(s => s.ReverseKl), squares = tokens.Of(s => s.SumOfSquares);
        double[] a = new double[tokens.Count], b = new double[tokens.Count], r = new double[tokens.Count], e = new double[tokens.Count];
        var groups = tokens.Groups(settings.Scope, settings.MicroBatch);
        var (loss, share) = (0.0, 1.0 / Math.Max(1, groups.Count));
        foreach (var group in groups)
        {
            // Learnt token i is judged by what stands at i + 1, the position after it.
            int[] learnt = [.. group.SelectMany(row => row[..^1])], after = [.. learnt.Select(i => i + 1)];
            var (high, far) = (new bool[tokens.Count], new bool[tokens.Count]);
            settings.High.Mark(entropy, after, high);
            settings.Far.Mark(kl, after, far);
            int[] kept = [.. learnt.Where(i => !settings.IsMasked(high[i + 1], far[i + 1]))], highs = [.. after.Where(i => high[i])], fars = [.. after.Where(i => far[i])];
            foreach (var i in kept)
            {
                a[i] = -share / kept.Length;
                loss += a[i] * log[i];
            }

            if (highs.Length > 0)
            {
                var mean = highs.Sum(i => entropy[i] / settings.LogVocabulary) / highs.Length;
                var weight = settings.EntropyWeight(mean);
                loss -= share * weight * mean;
                Array.ForEach(highs, i => b[i] -= share * weight / (highs.Length * settings.LogVocabulary));
            }

            if (fars.Length > 0)
            {
                var weight = settings.KlWeight(fars.Sum(i => (double)kl[i]) / fars.Length);
                foreach (var i in fars)
                {
                    var each = share * weight / fars.Length;
                    loss += each * ((double)squares[i] + entropy[i] + kl[i]);
                    (b[i], r[i], e[i]) = (b[i] + each, r[i] + each, e[i] + each);
                }
            }
        }

        var parts = tokens.Split(a).Zip(tokens.Split(b), tokens.Split(r)).Zip(tokens.Split(e));
        return new ObjectiveResult(
            loss, [.. parts.Select(part => new TokenCoefficients { LogProbability = part.First.First, Entropy = part.First.Second, ReverseKl = part.First.Third, SumOfSquares = part.Second })]);
    }
}
