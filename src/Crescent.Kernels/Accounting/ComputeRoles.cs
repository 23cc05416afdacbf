using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Accounting;

/// <summary>What a run is for, as tables of compute sum it up: the role of a recovery run, otherwise the kind of the run.</summary>
public static class ComputeRoles
{
    private static readonly (string Role, string Label)[] Ordered =
    [
        (JobKinds.BaseTraining, "Base training"),
        (JobKinds.Sft, "SFT"),
        (ReportRoles.Recovery, "RL"),
        (ReportRoles.ShuffledReward, "RL with shuffled rewards"),
        (ReportRoles.BothRules, "RL on both rules"),
        (JobKinds.Evaluation, "Evaluation"),
        (JobKinds.Spectra, "Spectra"),
        (JobKinds.Intervention, "Interventions"),
    ];

    /// <param name="kind">See <see cref="JobKinds"/>.</param>
    /// <param name="run">Id within the experiment; that of a recovery run begins with its role: <c>both-rules/300</c>.</param>
    public static string Of(string kind, string run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return kind == JobKinds.Recovery ? run.Split('/')[0] : kind;
    }

    /// <summary>A role for people.</summary>
    public static string Label(string role) => Ordered.FirstOrDefault(known => known.Role == role).Label ?? role;

    /// <summary>Sums by role, in the order in which an experiment goes through them; roles that nothing was computed for are left out.</summary>
    /// <typeparam name="T">An entry, one a run.</typeparam>
    public static IEnumerable<IGrouping<string, T>> Group<T>(IEnumerable<T> runs, Func<T, string> role) =>
        runs.GroupBy(role).OrderBy(group => Array.FindIndex(Ordered, known => known.Role == group.Key) is var place && place < 0 ? Ordered.Length : place);
}
