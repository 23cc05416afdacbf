using System.Globalization;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Studies;

/// <summary>
/// sft-memorises-rl-generalises: within a cell, RL from the earliest start against SFT that goes on from there, OOD within all tries at the most FLOPs that both have spent since (arXiv 2501.17161).
/// RL is evaluated at its start and its end only, SFT at its checkpoints; between them accuracy is taken as linear in FLOPs, and SFT's FLOPs as linear in its steps.
/// </summary>
internal static class ComputeComparison
{
    public static IEnumerable<StudyClaim> Of(IReadOnlyList<StudyCell> cells) =>
        from cell in cells
        let measured = cell.Runs.Where(run => run.Counts).ToList()
        where measured.Exists(run => Start(run.Result!) is not null)
        select Claim(cell, measured[0].Result!.Tries);

    private static StudyClaim Claim(StudyCell cell, int tries)
    {
        var criterion = ClaimCriteria.Of(ClaimCriteria.MemorisesGeneralises, tries, cell.Setting?.Criteria ?? []);
        var arms = cell.Runs.Select(run => (run.Seed, Arms: StudyCell.TryFind([cell], run.Seed, out var results, out var cause) ? Arms(results[0]) : new ComputeArms(cause))).ToList();
        var claim = SeedFinding.Conclude(criterion, [.. arms.Select(seed => Seed(seed.Seed, seed.Arms))]);
        return new StudyClaim([cell.Name], claim with { Note = Note([.. arms.Select(seed => seed.Arms).Where(found => found.Cause.Length == 0)]) });
    }

    private static SeedFinding Seed(ulong seed, ComputeArms arms) => arms.Cause.Length > 0
        ? SeedFinding.None(seed, arms.Cause)
        : SeedFinding.Of(new SeedValue(seed, ArmCurve.AtEqualCompute(arms.Rl, arms.Sft)!.Value)
        {
            Conditions = [new SeedCondition("rl-gains", arms.Rl.ChangeAtEqualCompute(arms.Sft)!.Value), new SeedCondition("sft-loses", arms.Sft.ChangeAtEqualCompute(arms.Rl)!.Value)],
            Clusters = arms.Clusters,
            Records = arms.Records,
        });

    /// <summary>The earliest checkpoint that a recovery run started from: at or before the best one where any is.</summary>
    private static CheckpointResult? Start(ExperimentResultDocument result) => result.Checkpoints.Where(checkpoint => checkpoint.Recovery is not null).MinBy(checkpoint => checkpoint.Step);

    private static ComputeArms Arms(ExperimentResultDocument result)
    {
        if (Start(result) is not { } start)
        {
            return new ComputeArms("It has no recovery run.");
        }

        if (start.Step >= result.EndStep)
        {
            return new ComputeArms("RL starts only from the last SFT checkpoint, where SFT goes no further: the two share no compute.");
        }

        string[] names = [FormattableString.Invariant($"{ReportRoles.Recovery}/{start.Step}"), .. start.Step == result.BestStep ? [$"{ReportRoles.Recovery}/best"] : Array.Empty<string>()];
        var (rl, sft) = (Flops(result, names), Flops(result, "sft"));
        if (!(rl > 0) || !(sft > 0))
        {
            return new ComputeArms($"Its result says nothing of the compute of {(sft > 0 ? "RL" : "SFT")}.");
        }

        var after = result.Checkpoints.Where(checkpoint => checkpoint.Step >= start.Step).OrderBy(checkpoint => checkpoint.Step).ToList();
        var ends = start.Recovery!;
        var accuracies = after.Select(checkpoint => checkpoint.OutOfDistribution.WithinTries).Append(ends.OutOfDistribution.WithinTries).ToList();
        return StudyCell.Saturated(accuracies) is { } saturated ? new ComputeArms(saturated) : new ComputeArms("")
        {
            Start = start.Step,
            Rl = new ArmCurve([Point(0, start.InDistribution, start.OutOfDistribution), Point(rl, ends.InDistribution, ends.OutOfDistribution)]),
            Sft = new ArmCurve([.. after.Select(checkpoint => Point(sft * (checkpoint.Step - start.Step) / result.EndStep, checkpoint.InDistribution, checkpoint.OutOfDistribution))]),
            Clusters = accuracies.Min(found => found.Clusters),
            Records = [.. after.Select(checkpoint => checkpoint.Record), ends.Record],
        };
    }

    private static ArmPoint Point(double flops, VariantAccuracy inside, VariantAccuracy outside) => new(flops, inside.WithinTries.Accuracy, outside.WithinTries.Accuracy);

    private static double Flops(ExperimentResultDocument result, params string[] runs) => result.Compute.Where(run => runs.Contains(run.Run)).Sum(run => run.Use.Flops);

    private static string? Note(IReadOnlyList<ComputeArms> arms)
    {
        if (arms.Count == 0)
        {
            return null;
        }

        var ratios = arms.Select(found => found.Rl.Points[^1].Flops / found.Sft.Points[^1].Flops).Order().ToList();
        var (least, most) = (Lettering.Number(ratios[0], 2), Lettering.Number(ratios[^1], 2));
        var starts = string.Join(", ", arms.Select(found => found.Start).Distinct().Order().Select(step => step.ToString(CultureInfo.InvariantCulture)));
        return $"From SFT step {starts}. RL spends {(least == most ? least : $"{least} to {most}")} times the FLOPs of the rest of SFT."
            + (ratios[^1] > 1 ? " Where it spends more, its accuracy at SFT's end is read off the straight line from its start to its end, since RL is evaluated nowhere between." : "")
            + (ratios[0] < 1 ? " Where it spends less, SFT is read between its checkpoints." : "");
    }
}

/// <summary>The two arms from their common start, or why they cannot be compared.</summary>
internal sealed record ComputeArms(string Cause)
{
    public int Start { get; init; }
    public ArmCurve Rl { get; init; } = new([]);
    public ArmCurve Sft { get; init; } = new([]);
    public int Clusters { get; init; }
    public IReadOnlyList<string> Records { get; init; } = [];
}
