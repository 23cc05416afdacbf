using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Studies;

/// <summary>One experiment as the study reads it.</summary>
/// <param name="Phase">Null: not submitted.</param>
/// <param name="Result">Null where it has left none.</param>
public sealed record StudyRun(string Id, string Cell, ulong Seed, string? Phase, ExperimentResultDocument? Result)
{
    private const string Succeeded = "succeeded";

    /// <summary>What its cell is set to, as far as cells are compared by it; null where that is not known.</summary>
    public StudySetting? Setting { get; init; }

    /// <summary>Why it failed; null where it has not.</summary>
    public string? Error { get; init; }

    /// <summary>The jobs of its runs.</summary>
    public IReadOnlyList<StudyJob> Jobs { get; init; } = [];

    /// <summary>An experiment counts once it has succeeded and left a result.</summary>
    internal bool Counts => this is { Phase: Succeeded, Result: not null };
}

/// <summary>What of a cell's spec the claims across cells need. Two cells with equal <paramref name="BesidesObjective"/> differ in nothing but the objective; with equal <paramref name="BesidesTries"/> in nothing but the tries that RL trains with.</summary>
/// <param name="Objective">Name of the SFT objective.</param>
/// <param name="RecoveryTries">Tries an episode in RL (verify_iter).</param>
/// <param name="BesidesObjective">Hash of the spec without name, question, seed and SFT objective.</param>
/// <param name="BesidesTries">Hash of the spec without name, question, seed and the tries of RL.</param>
/// <param name="Criteria">Smallest differences that the spec states.</param>
public sealed record StudySetting(string Objective, int RecoveryTries, string BesidesObjective, string BesidesTries, IReadOnlyList<StatedCriterion> Criteria);

/// <summary>The job of a run. Runs with equal keys, of whatever experiment, share the work.</summary>
/// <param name="Run">Id within the experiment: <c>recovery/300</c>.</param>
/// <param name="Seconds">Wall time of its durable work; null where nobody measured it.</param>
public sealed record StudyJob(string Run, string Key, double? Seconds);
