using System.Globalization;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;

namespace Crescent.Kernels.Claims;

/// <summary>Restoring the leading 20 % of the singular directions of the best checkpoint helps the end more than stepping back equally far, and more than random directions do.</summary>
public static class InterventionClaim
{
    private const double RankShare = 0.20;

    /// <summary>Draws of random directions that the control needs.</summary>
    public const int FewestDraws = 20;

    public static ClaimResult DirectionsRestore(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = new ClaimDraft(ClaimCriteria.Of(ClaimCriteria.DirectionsRestore, inputs.InterventionTries, inputs.Criteria));
        if (!inputs.Interventions.TryFind("best", "end", out var pair))
        {
            return draft.Unknown("No interventions from best on the end.");
        }

        var wanted = new InterventionEdit(InterventionKind.RestoreDirections, RankShare);
        var outcome = pair.Result.Outcomes.FirstOrDefault(outcome => Math.Abs(outcome.Edit.RankShare - RankShare) < 1e-9 && outcome.Edit with { RankShare = RankShare } == wanted);
        if (outcome is null || outcome.RandomDirections.Count == 0)
        {
            return draft.Unknown(outcome is null ? "No restoration of 20 % of the directions." : "The control is missing: no draw of random directions.", pair.Hash);
        }

        if (outcome.Saturated)
        {
            return draft.Unknown(string.Create(CultureInfo.InvariantCulture, $"Saturated: the edit moves the weights {outcome.ChangeNorm:0.###} where a full copy moves them {outcome.FullNorm:0.###}, so no rollback of the same norm exists."), pair.Hash);
        }

        var match = new EpisodeMatch(EvaluationVariant.OutOfDistribution, [outcome.Record, outcome.Rollback, .. outcome.RandomDirections]);
        if (inputs.Problem(match, match.Tries) is { } problem)
        {
            return draft.Unknown(problem, pair.Hash);
        }

        var draws = outcome.RandomDirections.Count;
        double[] againstRollback = [1, -1, .. Enumerable.Repeat(0.0, draws)];
        double[] againstRandom = [1, 0, .. Enumerable.Repeat(-1.0 / draws, draws)];
        var control = draft.Control("random-directions", match.Contrast(match.Tries, againstRandom).MeanInterval());
        control = draws >= FewestDraws ? control : control with { Criterion = string.Create(CultureInfo.InvariantCulture, $"{control.Criterion}, over at least {FewestDraws} draws (there are {draws})"), Holds = false };
        return draft.Difference(match.Contrast(match.Tries, againstRollback), inputs.Seed, [control], [pair.Hash]);
    }
}
