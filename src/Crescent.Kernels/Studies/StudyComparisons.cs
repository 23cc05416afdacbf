using Crescent.Kernels.Claims;

namespace Crescent.Kernels.Studies;

/// <summary>Each cell against the first one, quantity by quantity, paired by seed; one exploratory scan.</summary>
internal static class StudyComparisons
{
    public static IReadOnlyList<StudyComparison> Of(IReadOnlyList<StudyCell> cells)
    {
        if (cells.Count < 2)
        {
            return [];
        }

        var reference = cells[0];
        var there = reference.Runs.Where(run => run.Counts).ToDictionary(run => run.Seed, run => (Run: run, Values: Values(run)));
        var pairs =
            (from cell in cells.Skip(1)
             let found = (from run in cell.Runs where run.Counts && there.ContainsKey(run.Seed) from difference in Differences(run, there[run.Seed].Run, there[run.Seed].Values) select difference).ToLookup(difference => difference.Name, difference => difference.Value)
             from quantity in StudyQuantities.All
             where found.Contains(quantity.Name)
             select (Cell: cell.Name, quantity.Name, Point: new ScanPoint($"{cell.Name}, {quantity.Name}", 0, [.. found[quantity.Name]]))).ToList();
        return
        [
            .. StudyScan.Of([.. pairs.Select(pair => pair.Point)]).Zip(pairs, (found, pair) => new StudyComparison(
                pair.Cell, reference.Name, pair.Name, found.Interval.Estimate, StudyFindings.Finite(found.Interval.Low), StudyFindings.Finite(found.Interval.High), found.Seeds, found.PValue, found.FalseDiscovery)),
        ];
    }

    private static IEnumerable<(string Name, double Value)> Differences(StudyRun run, StudyRun reference, Dictionary<string, double> there)
    {
        foreach (var (name, value) in Values(run))
        {
            if (there.TryGetValue(name, out var other))
            {
                yield return (name, value - other);
            }
        }

        if (ObjectiveComparison.AtMatchedAccuracy(run.Result!, reference.Result!, out _) is { } matched)
        {
            yield return (StudyQuantities.Matched, matched);
        }
    }

    private static Dictionary<string, double> Values(StudyRun run) => StudyQuantities.Of(run.Result!).Where(value => value.Step is null).ToDictionary(value => value.Name, value => value.Value);
}
