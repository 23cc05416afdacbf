using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Studies;

/// <summary>objective-beats-sft: each cell with another objective against the otherwise equal cell with plain SFT, OOD at the first try at matched ID accuracy along the two SFT curves.</summary>
internal static class ObjectiveComparison
{
    private const string Plain = "sft";

    public static IEnumerable<StudyClaim> Of(IReadOnlyList<StudyCell> cells) =>
        from cell in cells
        where cell.Setting is { } own && own.Objective != Plain
        let reference = cells.FirstOrDefault(other => other.Setting is { Objective: Plain } plain && plain.BesidesObjective == cell.Setting!.BesidesObjective)
        where reference is not null
        let criterion = ClaimCriteria.Of(ClaimCriteria.ObjectiveBeatsSft, ClaimCriteria.DefaultTries, cell.Setting!.Criteria)
        select new StudyClaim([cell.Name, reference.Name], SeedFinding.Conclude(criterion, [.. cell.Runs.Select(run => Seed(cell, reference, run.Seed))]));

    private static SeedFinding Seed(StudyCell cell, StudyCell reference, ulong seed)
    {
        if (!StudyCell.TryFind([cell, reference], seed, out var results, out var cause))
        {
            return SeedFinding.None(seed, cause);
        }

        var (method, plain) = (results[0], results[1]);
        var all = method.Checkpoints.Concat(plain.Checkpoints).Select(checkpoint => checkpoint.OutOfDistribution.FirstTry).ToList();
        return AtMatchedAccuracy(method, plain, out cause) is { } difference
            ? SeedFinding.Of(new SeedValue(seed, difference) { Clusters = all.Min(found => found.Clusters), Records = [.. method.Checkpoints.Concat(plain.Checkpoints).Select(checkpoint => checkpoint.Record)] })
            : SeedFinding.None(seed, cause);
    }

    /// <summary>OOD of one SFT curve minus the other at the highest ID accuracy that both reach, all at the first try; null with the cause where there is no such comparison.</summary>
    public static double? AtMatchedAccuracy(ExperimentResultDocument method, ExperimentResultDocument reference, out string cause)
    {
        var (here, there) = (Curve(method), Curve(reference));
        cause = here.Points.Count == 0 || there.Points.Count == 0 ? "A curve has no evaluated checkpoint."
            : Rises(here) is false || Rises(there) is false ? "A curve never rises above its start in distribution: there is no accuracy to match (training diverged, or learnt nothing)."
            : StudyCell.Saturated(method.Checkpoints.Concat(reference.Checkpoints).Select(checkpoint => checkpoint.OutOfDistribution.FirstTry)) ?? "";
        if (cause.Length > 0)
        {
            return null;
        }

        var difference = ArmCurve.AtMatchedAccuracy(here, there);
        cause = difference is null ? "A curve starts above the accuracy that both reach." : "";
        return difference;
    }

    private static bool Rises(ArmCurve curve) => curve.Points.Max(point => point.InDistribution) > curve.Points[0].InDistribution;

    private static ArmCurve Curve(ExperimentResultDocument result) =>
        new([.. result.Checkpoints.OrderBy(checkpoint => checkpoint.Step).Select(checkpoint => new ArmPoint(0, checkpoint.InDistribution.FirstTry.Accuracy, checkpoint.OutOfDistribution.FirstTry.Accuracy))]);
}
