using System.Globalization;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>
/// What reinforcement learning does to OOD accuracy within five tries. gain(x) is the accuracy of the run started from checkpoint x minus that of x itself.
/// </summary>
public static class RecoveryClaims
{
    private const int Tries = 5;
    private const string Sft = "sft";
    private const string Recovery = "recovery";
    private const string Shuffled = "shuffled-reward";

    private static readonly ClaimDraft ImprovesDraft = new("rl-improves", "OOD@5 of RL from x minus x, at least 0.03", 0.03);
    private static readonly ClaimDraft RestoresDraft = new("rl-restores", "gain(x) / (best - x) in OOD@5, ratio of means, at least 0.5", 0.5);
    private static readonly ClaimDraft BelowBestDraft = new("rl-below-best", "OOD@5 of the best checkpoint minus RL from x, at least 0.02", 0.02);

    /// <summary>RL from x improves on x, and by more than RL with shuffled rewards does.</summary>
    public static ClaimResult Improves(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        const string Criterion = "OOD@5 of RL minus RL with shuffled rewards: lower end above 0";
        var x = inputs.ClaimStep;
        if (!inputs.TryFind(out var points, out var missing, (Recovery, x), (Sft, x)))
        {
            return ImprovesDraft.Unknown(missing);
        }

        if (!inputs.TryFind(out var shuffled, out var missingControl, (Shuffled, x)))
        {
            return ImprovesDraft.Unknown($"The control is missing: {missingControl}", points.Hashes());
        }

        ClaimPoint[] all = [.. points, .. shuffled];
        var match = Match(all);
        if (inputs.Problem(match, Tries) is { } problem)
        {
            return ImprovesDraft.Unknown(problem, all.Hashes());
        }

        // Shuffled rewards that changed no answer at all are no training, and a comparison with them tells nothing.
        var trained = match.Contrast(Tries, 0, -1, 1).Values.Any(value => value != 0);
        var control = ClaimDraft.Control(Shuffled, trained ? Criterion : Criterion + ", from a run that changed some answer", trained ? match.Contrast(Tries, 1, 0, -1) : null);
        return ImprovesDraft.Difference(match.Contrast(Tries, 1, -1, 0), inputs.Seed, control, all.Hashes());
    }

    /// <summary>RL from x restores a share of what was lost since the best checkpoint.</summary>
    public static ClaimResult Restores(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var x = inputs.ClaimStep;
        if (!inputs.TryFind(out var points, out var missing, (Recovery, x), (Sft, x), (Sft, inputs.BestStep)))
        {
            return RestoresDraft.Unknown(missing);
        }

        var match = Match(points);
        if (inputs.Problem(match, Tries) is { } problem)
        {
            return RestoresDraft.Unknown(problem, points.Hashes());
        }

        var (gain, lost) = (match.Contrast(Tries, 1, -1, 0), match.Contrast(Tries, 0, -1, 1));
        if (lost.Mean <= 0 || RatioOfMeans.Fieller(gain, lost) is not { } ratio)
        {
            return RestoresDraft.Unknown("The best checkpoint does not differ from x for certain, so there is nothing to restore a share of.", points.Hashes());
        }

        return RestoresDraft.Measured(ratio, gain.Clusters, null, null, points.Hashes());
    }

    /// <summary>The gain is larger from the middle than from the early checkpoint and the end.</summary>
    public static ClaimResult Window(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var (x, early, end) = (inputs.ClaimStep, inputs.EarlyStep, inputs.EndStep);
        var draft = new ClaimDraft("window", string.Create(CultureInfo.InvariantCulture, $"gain({x}) minus the mean of gain({early}) and gain({end}) in OOD@5, at least 0.02"), 0.02);
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
        return inputs.TryFind(out var points, out var missing, (Sft, inputs.BestStep), (Recovery, inputs.ClaimStep))
            ? Contrast(BelowBestDraft, inputs, points, 1, -1)
            : BelowBestDraft.Unknown(missing);
    }

    private static ClaimResult Contrast(ClaimDraft draft, ClaimInputs inputs, ClaimPoint[] points, params ReadOnlySpan<double> weights)
    {
        var match = Match(points);
        return inputs.Problem(match, Tries) is { } problem
            ? draft.Unknown(problem, points.Hashes())
            : draft.Difference(match.Contrast(Tries, weights), inputs.Seed, null, points.Hashes());
    }

    private static EpisodeMatch Match(ClaimPoint[] points) => new(EvaluationVariant.OutOfDistribution, [.. points.Select(point => point.Record)]);
}
