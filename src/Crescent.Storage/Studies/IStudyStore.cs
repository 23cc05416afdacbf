using Crescent.Storage.Experiments;

namespace Crescent.Storage.Studies;

/// <summary>Studies and which experiments they are made of.</summary>
public interface IStudyStore
{
    /// <summary>Makes a study durable with all of its cells and their specs, before anything starts. The same key with the same content gives the first study again.</summary>
    /// <exception cref="CrescentException"><c>idempotency-conflict</c>.</exception>
    Task<StudyRow> CreateAsync(StudyRow study, IReadOnlyList<StudyCellDraft> cells, IdempotencyKey? key, CancellationToken cancellation = default);

    /// <summary>Gives a study another document, adds the cells that are new, and opens it again. Idempotent.</summary>
    Task ExtendAsync(StudyRow study, IReadOnlyList<StudyCellDraft> cells, CancellationToken cancellation = default);

    Task<StudyRow?> FindAsync(string studyId, CancellationToken cancellation = default);

    /// <summary>Newest first; <paramref name="cursor"/> is opaque.</summary>
    Task<StudyRowPage> ListAsync(int limit, string? cursor, CancellationToken cancellation = default);

    Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation = default);

    /// <summary>The cells in their order, each with its experiment as it stands now.</summary>
    Task<IReadOnlyList<StudyCellRow>> CellsAsync(string studyId, CancellationToken cancellation = default);

    /// <summary>How far the submitted experiments of a study are, in no particular order.</summary>
    Task<IReadOnlyList<StudyRunCounts>> RunCountsAsync(string studyId, CancellationToken cancellation = default);

    /// <summary>Moves a study from one phase to another; nothing where it is in another by now.</summary>
    Task MoveAsync(string studyId, string from, string to, CancellationToken cancellation = default);
}

/// <param name="Document">As it was submitted, JSON.</param>
/// <param name="Phase">running, cancelling, cancelled, succeeded, failed.</param>
public sealed record StudyRow(string Id, string Name, string Question, string Document, string Phase, int MaxRunning, int? MaxJobs, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

public sealed record StudyRowPage(IReadOnlyList<StudyRow> Studies, string? NextCursor);

/// <param name="Spec">Resolved, canonical JSON.</param>
public sealed record StudyCellDraft(string ExperimentId, string Cell, ulong Seed, string SpecHash, string Spec);

/// <param name="Phase">Of the experiment; null while it has not been submitted.</param>
public sealed record StudyCellRow(string ExperimentId, string Cell, ulong Seed, string SpecHash, string? Phase, string? Error, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

/// <summary>The runs of one experiment of a study.</summary>
/// <param name="Planned">All of them.</param>
/// <param name="Ended">Succeeded, failed, skipped or cancelled.</param>
/// <param name="Cached">Of those that succeeded: reused from the work cache.</param>
public sealed record StudyRunCounts(string ExperimentId, int Planned, int Running, int Ended, int Cached);
