using Crescent.Kernels.Claims;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Studies;

/// <summary>Makes a study's result of those of its experiments. Pure; what has not run stands as not run and counts for nothing.</summary>
public static class StudyFindings
{
    public const string NotRun = "not run";

    /// <param name="runs">Cells in the order of the study; the first cell is what the others are compared with.</param>
    public static StudyResultDocument Of(string study, string name, string question, IReadOnlyList<StudyRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var cells = StudyCell.Of(runs);
        var results = cells.Select(Cell).ToList();
        StudyClaim[] across = [.. ObjectiveComparison.Of(cells), .. TriesComparison.Of(cells), .. ComputeComparison.Of(cells)];

        // One family of tests: the primary claims of all cells and across them.
        var claims = new Queue<ClaimResult>(StudyClaims.Holm([.. results.SelectMany(cell => cell.Claims), .. across.Select(claim => claim.Claim)]));
        return new StudyResultDocument
        {
            Study = study,
            Name = name,
            Question = question,
            Cells = [.. results.Select(cell => cell with { Claims = [.. cell.Claims.Select(_ => claims.Dequeue())] })],
            Claims = [.. across.Select(claim => claim with { Claim = claims.Dequeue() })],
            Comparisons = StudyComparisons.Of(cells),
            Edits = StudyEdit.Of(cells),
            Outcomes = StudyOutcomes.Of(cells),
            Compute = StudyCompute.Of(cells.SelectMany(cell => cell.Runs)),
        };
    }

    internal static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static StudyCellResult Cell(StudyCell cell)
    {
        var counted = cell.Runs.Where(run => run.Counts).ToList();
        StudyQuantity[] quantities =
        [
            .. from run in counted from value in StudyQuantities.Of(run.Result!) group value.Value by (value.Name, value.Step) into perSeed
               select Quantity(perSeed.Key.Name, perSeed.Key.Step, [.. perSeed]),
        ];
        return new StudyCellResult
        {
            Cell = cell.Name,
            Experiments = [.. cell.Runs.Select(run => new StudyExperiment(run.Id, run.Seed, run.Phase ?? NotRun, run.Counts))],
            Quantities = quantities,
            Claims = StudyClaims.Of([.. counted.Select(run => new SeedClaims(run.Seed, run.Result!.Claims))], counted.FirstOrDefault()?.Result!.Tries ?? ClaimCriteria.DefaultTries),
            Window = Window(cell, quantities),
            Compute = StudyCompute.Of(cell.Runs),
        };
    }

    /// <summary>Over the starts that at least two seeds have: one seed has no interval.</summary>
    private static RecoveryWindow? Window(StudyCell cell, IReadOnlyList<StudyQuantity> quantities)
    {
        (double Step, Interval Gain)[] gains =
        [
            .. from found in quantities
               where found is { Name: StudyQuantities.GainCurve, Low: not null, High: not null }
               select ((double)found.Step!.Value, new Interval(found.Mean, found.Low!.Value, found.High!.Value)),
        ];
        return gains.Length == 0 ? null : RecoveryWindow.Of(gains, ClaimCriteria.Of(ClaimCriteria.Improves, ClaimCriteria.DefaultTries, cell.Setting?.Criteria ?? []).Smallest);
    }

    private static StudyQuantity Quantity(string name, int? step, IReadOnlyList<double> perSeed)
    {
        var interval = SeedInterval.Of(perSeed);
        return new StudyQuantity(name, step, interval.Estimate, Finite(interval.Low), Finite(interval.High), perSeed.Count, perSeed);
    }
}
