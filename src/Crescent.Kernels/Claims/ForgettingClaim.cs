using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Claims;

/// <summary>SFT forgets: OOD accuracy at the first try falls from the best checkpoint to the end while ID accuracy rises.</summary>
public static class ForgettingClaim
{
    private static readonly ClaimDraft Draft = new(ClaimCriteria.Of(ClaimCriteria.Forgets));

    public static ClaimResult Forgets(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (!inputs.TryFind(out var points, out var missing, ("sft", inputs.BestStep), ("sft", inputs.EndStep)))
        {
            return Draft.Unknown(missing);
        }

        var records = points.Select(point => point.Record).ToArray();
        var outside = new EpisodeMatch(EvaluationVariant.OutOfDistribution, records);
        var inside = new EpisodeMatch(EvaluationVariant.InDistribution, records);
        if (inputs.Problem(outside, 1) is { } problem)
        {
            return Draft.Unknown(problem, points.Hashes());
        }

        var control = Draft.Control("in-distribution-gain", inside.Count == 0 ? null : inside.Contrast(1, -1, 1).MeanInterval());
        return Draft.Difference(outside.Contrast(1, 1, -1), inputs.Seed, [control], points.Hashes());
    }
}
