using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Studies;

/// <summary>What a study reads off each of its experiments.</summary>
public static class StudyQuantities
{
    public const string OutOfDistributionBest = "ood-best";
    public const string OutOfDistributionEnd = "ood-end";
    public const string InDistributionEnd = "id-end";

    /// <summary>OOD at the first try at the best checkpoint minus at the last.</summary>
    public const string Forgetting = "forgetting";

    /// <summary>OOD within all tries after RL from the step of the claims.</summary>
    public const string Recovered = "ood-recovered";

    /// <summary>OOD within all tries, after RL minus before, from the step of the claims.</summary>
    public const string Gain = "rl-gain";

    /// <summary>OOD at the first try, by SFT step.</summary>
    public const string Curve = "ood-by-step";

    /// <summary>The gain of RL, by the SFT step that it starts from.</summary>
    public const string GainCurve = "rl-gain-by-step";

    /// <summary>A quantity in words.</summary>
    public static string Label(string name) => name switch
    {
        OutOfDistributionBest => "OOD, best SFT checkpoint",
        OutOfDistributionEnd => "OOD, last SFT checkpoint",
        InDistributionEnd => "ID, last SFT checkpoint",
        Forgetting => "OOD lost since the best",
        Recovered => "OOD after RL, within all tries",
        Gain => "OOD gained by RL, within all tries",
        Curve => "OOD by SFT step",
        GainCurve => "OOD gained by RL, by SFT step",
        _ => name,
    };

    /// <summary>The quantities of one experiment that it has.</summary>
    public static IEnumerable<(string Name, int? Step, double Value)> Of(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var (best, end, claim) = (At(result, result.BestStep), At(result, result.EndStep), At(result, result.ClaimStep));
        if (best is not null && end is not null)
        {
            yield return (OutOfDistributionBest, null, best.OutOfDistribution.FirstTry.Accuracy);
            yield return (OutOfDistributionEnd, null, end.OutOfDistribution.FirstTry.Accuracy);
            yield return (InDistributionEnd, null, end.InDistribution.FirstTry.Accuracy);
            yield return (Forgetting, null, best.OutOfDistribution.FirstTry.Accuracy - end.OutOfDistribution.FirstTry.Accuracy);
        }

        if (claim?.Recovery is { } recovery)
        {
            yield return (Recovered, null, recovery.OutOfDistribution.WithinTries.Accuracy);
            yield return (Gain, null, recovery.Gain.OutOfDistribution.WithinTries.Difference);
        }

        foreach (var checkpoint in result.Checkpoints)
        {
            yield return (Curve, checkpoint.Step, checkpoint.OutOfDistribution.FirstTry.Accuracy);
            if (checkpoint.Recovery is { } from)
            {
                yield return (GainCurve, checkpoint.Step, from.Gain.OutOfDistribution.WithinTries.Difference);
            }
        }
    }

    private static CheckpointResult? At(ExperimentResultDocument result, int step) => result.Checkpoints.FirstOrDefault(checkpoint => checkpoint.Step == step);
}
