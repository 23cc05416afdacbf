using Crescent.Storage.Studies;

namespace Crescent.Server.Studies;

/// <summary>A study in a list.</summary>
/// <param name="Phase">running, cancelling, cancelled, succeeded, failed.</param>
public sealed record StudySummary(string Id, string Name, string Question, string Phase, int MaxRunning, int? MaxJobs, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    internal static StudySummary From(StudyRow row) => new(row.Id, row.Name, row.Question, row.Phase, row.MaxRunning, row.MaxJobs, row.CreatedAt, row.FinishedAt);
}

/// <param name="NextCursor">Hand it to the next request; null on the last page.</param>
public sealed record StudyList(IReadOnlyList<StudySummary> Studies, string? NextCursor);

/// <summary>A study with its experiments.</summary>
/// <param name="Phases">Experiments by phase; <c>not run</c>: not submitted yet.</param>
public sealed record StudyView(StudySummary Study, IReadOnlyDictionary<string, int> Phases, IReadOnlyList<StudyCellView> Cells)
{
    internal const string NotRun = Kernels.Studies.StudyFindings.NotRun;

    internal static StudyView From(StudyRow row, IReadOnlyList<StudyCellRow> cells, IReadOnlyList<StudyRunCounts> counts)
    {
        var runs = counts.ToDictionary(count => count.ExperimentId, count => new StudyRunsView(count.Planned, count.Running, count.Ended, count.Cached), StringComparer.Ordinal);
        return new StudyView(
            StudySummary.From(row),
            new SortedDictionary<string, int>(cells.GroupBy(cell => cell.Phase ?? NotRun).ToDictionary(group => group.Key, group => group.Count()), StringComparer.Ordinal),
            [.. cells.Select(cell => new StudyCellView(cell.Cell, cell.Seed, cell.ExperimentId, cell.Phase ?? NotRun, cell.Error, cell.StartedAt, cell.FinishedAt, runs.GetValueOrDefault(cell.ExperimentId)))]);
    }
}

/// <param name="Experiment">Id; the experiment is there once it is submitted.</param>
/// <param name="Runs">Null until it is submitted.</param>
public sealed record StudyCellView(string Cell, ulong Seed, string Experiment, string Phase, string? Error, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, StudyRunsView? Runs = null);

/// <summary>How many runs an experiment has, and how far they are.</summary>
/// <param name="Ended">Succeeded, failed, skipped or cancelled.</param>
/// <param name="Cached">Of those that succeeded: reused from the work cache.</param>
public sealed record StudyRunsView(int Planned, int Running, int Ended, int Cached);
