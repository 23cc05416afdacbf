using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Studies;

/// <summary>What a study reads off each of its experiments.</summary>
public static class StudyQuantities
{
    public const string OutOfDistributionBest = "ood-best";
    public const string InDistributionBest = "id-best";
    public const string OutOfDistributionEnd = "ood-end";
    public const string InDistributionEnd = "id-end";

    /// <summary>OOD at the first try at the best checkpoint minus at the last.</summary>
    public const string Forgetting = "forgetting";

    /// <summary>OOD and ID after RL from the step of the claims, at the first try and within all tries.</summary>
    public const string RecoveredFirst = "ood-recovered-first";
    public const string Recovered = "ood-recovered";
    public const string InDistributionRecoveredFirst = "id-recovered-first";
    public const string InDistributionRecovered = "id-recovered";

    /// <summary>OOD, after RL minus before, from the step of the claims, at the first try and within all tries.</summary>
    public const string GainFirst = "rl-gain-first";
    public const string Gain = "rl-gain";

    /// <summary>The held-out variant at the first try, and what RL gains there within all tries.</summary>
    public const string HeldOutBest = "held-out-best";
    public const string HeldOutEnd = "held-out-end";
    public const string HeldOutRecovered = "held-out-recovered";
    public const string HeldOutGain = "held-out-gain";

    /// <summary>Partial Spearman correlation of mean angle from the base and OOD at the first try over SFT checkpoints, given log step.</summary>
    public const string Rotation = "rotation-correlation";

    /// <summary>OOD at matched ID accuracy; of comparisons only.</summary>
    public const string Matched = "ood-at-matched-id";

    /// <summary>OOD at the first try, by SFT step.</summary>
    public const string Curve = "ood-by-step";

    /// <summary>The gain of RL, by the SFT step that it starts from.</summary>
    public const string GainCurve = "rl-gain-by-step";

    /// <summary>Each quantity without a step by name, with its topic and its words; in the order of reports.</summary>
    public static IReadOnlyList<(string Name, string Topic, string Label)> All { get; } =
    [
        (OutOfDistributionBest, "SFT, first try", "OOD, best checkpoint"),
        (OutOfDistributionEnd, "SFT, first try", "OOD, last checkpoint"),
        (Forgetting, "SFT, first try", "OOD lost since the best"),
        (InDistributionBest, "SFT, first try", "ID, best checkpoint"),
        (InDistributionEnd, "SFT, first try", "ID, last checkpoint"),
        (Matched, "SFT, first try", "OOD at matched ID"),
        (RecoveredFirst, "RL from the step of the claims, out of distribution", "OOD after RL, first try"),
        (Recovered, "RL from the step of the claims, out of distribution", "OOD after RL, within all tries"),
        (GainFirst, "RL from the step of the claims, out of distribution", "OOD gained by RL, first try"),
        (Gain, "RL from the step of the claims, out of distribution", "OOD gained by RL, within all tries"),
        (InDistributionRecoveredFirst, "RL from the step of the claims, in distribution", "ID after RL, first try"),
        (InDistributionRecovered, "RL from the step of the claims, in distribution", "ID after RL, within all tries"),
        (HeldOutBest, "Held-out variant", "Best SFT checkpoint, first try"),
        (HeldOutEnd, "Held-out variant", "Last SFT checkpoint, first try"),
        (HeldOutRecovered, "Held-out variant", "After RL, within all tries"),
        (HeldOutGain, "Held-out variant", "Gained by RL, within all tries"),
        (Rotation, "Weights", "Rotation from the base with OOD, given log step (partial Spearman)"),
    ];

    /// <summary>A quantity in words.</summary>
    public static string Label(string name) => name switch
    {
        Curve => "OOD by SFT step",
        GainCurve => "OOD gained by RL, by SFT step",
        _ => All.FirstOrDefault(known => known.Name == name).Label ?? name,
    };

    /// <summary>What a quantity is about.</summary>
    public static string Topic(string name) => All.FirstOrDefault(known => known.Name == name).Topic ?? "By SFT step";

    /// <summary>Whether the quantity is a difference, which is written with its sign.</summary>
    public static bool IsDifference(string name) => name is Forgetting or Gain or GainFirst or GainCurve or HeldOutGain or Rotation or Matched;

    /// <summary>The quantities of one experiment that it has.</summary>
    public static IEnumerable<(string Name, int? Step, double Value)> Of(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. OfSft(result), .. OfRecovery(result), .. OfWeights(result), .. BySteps(result)];
    }

    private static IEnumerable<(string Name, int? Step, double Value)> OfSft(ExperimentResultDocument result)
    {
        if (At(result, result.BestStep) is not { } best || At(result, result.EndStep) is not { } end)
        {
            yield break;
        }

        yield return (OutOfDistributionBest, null, best.OutOfDistribution.FirstTry.Accuracy);
        yield return (OutOfDistributionEnd, null, end.OutOfDistribution.FirstTry.Accuracy);
        yield return (Forgetting, null, best.OutOfDistribution.FirstTry.Accuracy - end.OutOfDistribution.FirstTry.Accuracy);
        yield return (InDistributionBest, null, best.InDistribution.FirstTry.Accuracy);
        yield return (InDistributionEnd, null, end.InDistribution.FirstTry.Accuracy);
        if (best.HeldOut is { } heldOutBest && end.HeldOut is { } heldOutEnd)
        {
            yield return (HeldOutBest, null, heldOutBest.FirstTry.Accuracy);
            yield return (HeldOutEnd, null, heldOutEnd.FirstTry.Accuracy);
        }
    }

    private static IEnumerable<(string Name, int? Step, double Value)> OfRecovery(ExperimentResultDocument result)
    {
        if (At(result, result.ClaimStep)?.Recovery is not { } recovery)
        {
            yield break;
        }

        yield return (RecoveredFirst, null, recovery.OutOfDistribution.FirstTry.Accuracy);
        yield return (Recovered, null, recovery.OutOfDistribution.WithinTries.Accuracy);
        yield return (GainFirst, null, recovery.Gain.OutOfDistribution.FirstTry.Difference);
        yield return (Gain, null, recovery.Gain.OutOfDistribution.WithinTries.Difference);
        yield return (InDistributionRecoveredFirst, null, recovery.InDistribution.FirstTry.Accuracy);
        yield return (InDistributionRecovered, null, recovery.InDistribution.WithinTries.Accuracy);
        if (recovery.HeldOut is { } heldOut)
        {
            yield return (HeldOutRecovered, null, heldOut.WithinTries.Accuracy);
        }

        if (recovery.Gain.HeldOut is { } gain)
        {
            yield return (HeldOutGain, null, gain.WithinTries.Difference);
        }
    }

    /// <summary>The claim is about the correlation's negative, so that what it expects is above 0.</summary>
    private static IEnumerable<(string Name, int? Step, double Value)> OfWeights(ExperimentResultDocument result) =>
        from claim in result.Claims
        where claim is { Claim: ClaimCriteria.RotationPredicts, Estimate: not null }
        select (Rotation, (int?)null, -claim.Estimate!.Value);

    private static IEnumerable<(string Name, int? Step, double Value)> BySteps(ExperimentResultDocument result)
    {
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
