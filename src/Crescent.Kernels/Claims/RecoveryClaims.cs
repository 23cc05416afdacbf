using System.Globalization;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>
/// What reinforcement learning does to OOD accuracy within all tries of the evaluation. gain(x) is the accuracy of the run started from checkpoint x minus that of x itself.
/// </summary>
public static class RecoveryClaims
{
    private const string Sft = "sft";
    private const string Recovery = "recovery";
    private const string Shuffled = "shuffled-reward";

    /// <summary>RL from x improves on x, and by more than RL with shuffled rewards does.</summary>
    public static ClaimResult Improves(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = Draft(inputs, ClaimCriteria.Improves);
        var x = inputs.ClaimStep;
        if (!inputs.TryFind(out var points, out var missing, (Recovery, x), (Sft, x)))
        {
            return draft.Unknown(missing);
        }

        if (!inputs.TryFind(out var shuffled, out var missingControl, (Shuffled, x)))
        {
            return draft.Unknown($"The control is missing: {missingControl}", points.Hashes());
        }

        ClaimPoint[] all = [.. points, .. shuffled];
        var match = Match(all);
        if (inputs.Problem(match, inputs.Tries) is { } problem)
        {
            return draft.Unknown(problem, all.Hashes());
        }

        // Shuffled rewards that changed no answer at all are no training, and a comparison with them tells nothing.
        var trained = match.Contrast(inputs.Tries, 0, -1, 1).Values.Any(value => value != 0);
        var control = draft.Control(Shuffled, trained ? match.Contrast(inputs.Tries, 1, 0, -1).MeanInterval() : null, ", from a run that changed some answer");
        return draft.Difference(match.Contrast(inputs.Tries, 1, -1, 0), inputs.Seed, [control], all.Hashes());
    }

    /// <summary>RL from x restores a share of what was lost since the best checkpoint.</summary>
    public static ClaimResult Restores(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = Draft(inputs, ClaimCriteria.Restores);
        var x = inputs.ClaimStep;
        if (!inputs.TryFind(out var points, out var missing, (Recovery, x), (Sft, x), (Sft, inputs.BestStep)))
        {
            return draft.Unknown(missing);
        }

        var match = Match(points);
        if (inputs.Problem(match, inputs.Tries) is { } problem)
        {
            return draft.Unknown(problem, points.Hashes());
        }

        var (gain, lost) = (match.Contrast(inputs.Tries, 1, -1, 0), match.Contrast(inputs.Tries, 0, -1, 1));
        if (lost.Mean <= 0 || RatioOfMeans.Fieller(gain, lost) is not { } ratio)
        {
            return draft.Unknown("The best checkpoint does not differ from x for certain, so there is nothing to restore a share of.", points.Hashes());
        }

        return draft.Measured(ratio, gain.Clusters, null, [], points.Hashes()) with { Ratio = new ClaimRatio(gain.Mean, lost.Mean) };
    }

    /// <summary>The gain is larger from the middle than from the early checkpoint and the end.</summary>
    public static ClaimResult Window(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var (x, early, end) = (inputs.ClaimStep, inputs.EarlyStep, inputs.EndStep);
        var criterion = ClaimCriteria.Of(ClaimCriteria.Window, inputs.Tries, inputs.Criteria);
        var draft = new ClaimDraft(criterion with { Statement = string.Create(CultureInfo.InvariantCulture, $"gain({x}) minus the mean of gain({early}) and gain({end}) in OOD@{inputs.Tries}") });
        if (early >= x || x >= end)
        {
            return draft.Unknown(string.Create(CultureInfo.InvariantCulture, $"Step {x} does not lie between an early checkpoint ({early}) and the end ({end})."));
        }

        if (!inputs.TryFind(out var points, out var missing, (Recovery, x), (Sft, x), (Recovery, early), (Sft, early), (Recovery, end), (Sft, end)))
        {
            return draft.Unknown(missing);
        }

        return Contrast(draft, inputs, points, 1, -1, -0.5, 0.5, -0.5, 0.5);
    }

    /// <summary>RL from x stays below the best checkpoint.</summary>
    public static ClaimResult BelowBest(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = Draft(inputs, ClaimCriteria.BelowBest);
        return inputs.TryFind(out var points, out var missing, (Sft, inputs.BestStep), (Recovery, inputs.ClaimStep))
            ? Contrast(draft, inputs, points, 1, -1)
            : draft.Unknown(missing);
    }

    private static ClaimResult Contrast(ClaimDraft draft, ClaimInputs inputs, ClaimPoint[] points, params ReadOnlySpan<double> weights)
    {
        var match = Match(points);
        return inputs.Problem(match, inputs.Tries) is { } problem
            ? draft.Unknown(problem, points.Hashes())
            : draft.Difference(match.Contrast(inputs.Tries, weights), inputs.Seed, [], points.Hashes());
    }

    private static ClaimDraft Draft(ClaimInputs inputs, string claim) => new(ClaimCriteria.Of(claim, inputs.Tries, inputs.Criteria));

    private static EpisodeMatch Match(ClaimPoint[] points) => new(EvaluationVariant.OutOfDistribution, [.. points.Select(point => point.Record)]);
}
