using Crescent.Kernels.Claims;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Studies;

/// <summary>Makes a study's result of those of its experiments. Pure; what has not run stands as not run and counts for nothing.</summary>
public static class StudyFindings
{
    public const string NotRun = "not run";
    private const string Succeeded = "succeeded";

    /// <param name="runs">Cells in the order of the study; the first cell is what the others are compared with.</param>
    public static StudyResultDocument Of(string study, string name, string question, IReadOnlyList<StudyRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var cells = runs.GroupBy(run => run.Cell, StringComparer.Ordinal).Select(group => Cell(group.Key, [.. group.OrderBy(run => run.Seed)])).ToList();

        // One family of tests: the primary claims of all cells.
        var claims = new Queue<ClaimResult>(StudyClaims.Holm([.. cells.SelectMany(cell => cell.Claims)]));
        return new StudyResultDocument
        {
            Study = study,
            Name = name,
            Question = question,
            Cells = [.. cells.Select(cell => cell with { Claims = [.. cell.Claims.Select(_ => claims.Dequeue())] })],
            Comparisons = Compare(runs),
        };
    }

    /// <summary>An experiment counts once it has succeeded and left a result.</summary>
    private static bool Counts(StudyRun run) => run is { Phase: Succeeded, Result: not null };

    private static StudyCellResult Cell(string cell, IReadOnlyList<StudyRun> runs)
    {
        var counted = runs.Where(Counts).ToList();
        return new StudyCellResult
        {
            Cell = cell,
            Experiments = [.. runs.Select(run => new StudyExperiment(run.Id, run.Seed, run.Phase ?? NotRun, Counts(run)))],
            Quantities =
            [
                .. from run in counted from value in StudyQuantities.Of(run.Result!) group value.Value by (value.Name, value.Step) into perSeed
                   select Quantity(perSeed.Key.Name, perSeed.Key.Step, [.. perSeed]),
            ],
            Claims = StudyClaims.Of([.. counted.Select(run => new SeedClaims(run.Seed, run.Result!.Claims))], counted.FirstOrDefault()?.Result!.Tries ?? ClaimCriteria.DefaultTries),
        };
    }

    private static StudyQuantity Quantity(string name, int? step, IReadOnlyList<double> perSeed)
    {
        var interval = SeedInterval.Of(perSeed);
        return new StudyQuantity(name, step, interval.Estimate, Finite(interval.Low), Finite(interval.High), perSeed.Count, perSeed);
    }

    private static IReadOnlyList<StudyComparison> Compare(IReadOnlyList<StudyRun> runs)
    {
        var values = runs.Where(Counts).ToLookup(run => run.Cell, run => (run.Seed, Values: StudyQuantities.Of(run.Result!).Where(value => value.Step is null).ToDictionary(value => value.Name, value => value.Value)), StringComparer.Ordinal);
        var cells = runs.Select(run => run.Cell).Distinct(StringComparer.Ordinal).ToList();
        var pairs =
            (from cell in cells.Skip(1)
             from name in values[cells[0]].SelectMany(seed => seed.Values.Keys).Distinct(StringComparer.Ordinal)
             let differences = (from here in values[cell] join there in values[cells[0]] on here.Seed equals there.Seed
                                where here.Values.ContainsKey(name) && there.Values.ContainsKey(name)
                                orderby here.Seed select here.Values[name] - there.Values[name]).ToList()
             where differences.Count > 0
             select (Cell: cell, Name: name, Point: new ScanPoint($"{cell}, {name}", 0, differences))).ToList();
        return
        [
            .. StudyScan.Of([.. pairs.Select(pair => pair.Point)]).Zip(pairs, (found, pair) => new StudyComparison(
                pair.Cell, cells[0], pair.Name, found.Interval.Estimate, Finite(found.Interval.Low), Finite(found.Interval.High), found.Seeds, found.PValue, found.FalseDiscovery)),
        ];
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
