using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Claims;

/// <summary>SFT forgets: OOD accuracy at the first try falls from the best checkpoint to the end while ID accuracy rises.</summary>
public static class ForgettingClaim
{
    public static ClaimResult Forgets(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = new ClaimDraft(ClaimCriteria.Of(ClaimCriteria.Forgets, inputs.Tries, inputs.Criteria));
        if (!inputs.TryFind(out var points, out var missing, ("sft", inputs.BestStep), ("sft", inputs.EndStep)))
        {
            return draft.Unknown(missing);
        }

        var records = points.Select(point => point.Record).ToArray();
        var outside = new EpisodeMatch(EvaluationVariant.OutOfDistribution, records);
        var inside = new EpisodeMatch(EvaluationVariant.InDistribution, records);
        if (inputs.Problem(outside, 1) is { } problem)
        {
            return draft.Unknown(problem, points.Hashes());
        }

        var control = draft.Control("in-distribution-gain", inside.Count == 0 ? null : inside.Contrast(1, -1, 1).MeanInterval());
        return draft.Difference(outside.Contrast(1, 1, -1), inputs.Seed, [control], points.Hashes());
    }
}
