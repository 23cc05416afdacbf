using Crescent.Kernels.Reports;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Studies;

/// <summary>The experiments of one cell, by seed.</summary>
internal sealed record StudyCell(string Name, IReadOnlyList<StudyRun> Runs)
{
    public StudySetting? Setting => Runs.Select(run => run.Setting).FirstOrDefault(setting => setting is not null);

    /// <summary>In the order of the study.</summary>
    public static IReadOnlyList<StudyCell> Of(IReadOnlyList<StudyRun> runs) =>
        [.. runs.GroupBy(run => run.Cell, StringComparer.Ordinal).Select(group => new StudyCell(group.Key, [.. group.OrderBy(run => run.Seed)]))];

    public StudyRun? Find(ulong seed) => Runs.FirstOrDefault(run => run.Seed == seed);

    /// <summary>The results of one seed in each of the cells, or why one of them has none.</summary>
    public static bool TryFind(IReadOnlyList<StudyCell> cells, ulong seed, out ExperimentResultDocument[] results, out string cause)
    {
        var missing = cells.FirstOrDefault(cell => cell.Find(seed) is not { Counts: true });
        results = missing is null ? [.. cells.Select(cell => cell.Find(seed)!.Result!)] : [];
        cause = missing is null ? "" : $"{(cells.Count > 1 ? $"'{missing.Name}' " : "")}{StudyOutcomes.WhyNot(missing.Find(seed))}.";
        return missing is null;
    }

    /// <summary>Why accuracies can show no difference; null where they can.</summary>
    public static string? Saturated(IEnumerable<AccuracyInterval> accuracies)
    {
        var all = accuracies.ToList();
        return all.All(found => found.Episodes == 0) ? "The evaluations are empty."
            : all.TrueForAll(found => found.Accuracy == 0) ? "Saturated: every model compared solves none of the deals, so nothing can differ."
            : all.TrueForAll(found => found.Accuracy == 1) ? "Saturated: every model compared solves all of the deals, so nothing can differ."
            : null;
    }
}
