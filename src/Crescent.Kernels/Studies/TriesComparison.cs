using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Studies;

/// <summary>more-tries-help: over cells that differ only in the tries that RL trains with, the slope of its OOD gain at the step of the claims. Every arm is evaluated within the same tries, so that more tries in training are not more tries in the test.</summary>
internal static class TriesComparison
{
    public static IEnumerable<StudyClaim> Of(IReadOnlyList<StudyCell> cells) =>
        from cell in cells
        where cell.Setting is not null
        group cell by cell.Setting!.BesidesTries into arms
        where arms.Select(arm => arm.Setting!.RecoveryTries).Distinct().Count() > 1
        select Claim([.. arms.OrderBy(arm => arm.Setting!.RecoveryTries)]);

    private static StudyClaim Claim(IReadOnlyList<StudyCell> arms)
    {
        var allowed = Allowed(arms);
        var criterion = ClaimCriteria.Of(ClaimCriteria.MoreTriesHelp, ClaimCriteria.DefaultTries, arms[0].Setting!.Criteria);
        var stated = criterion with { Statement = $"RL gain in OOD per doubling of the tries trained with, mean over {Words(allowed)} {(allowed is [1] ? "try" : "tries")} allowed" };
        var left = TriesSlope.Allowed.Except(allowed).ToList();
        var note = $"Trained with {Words([.. arms.Select(arm => arm.Setting!.RecoveryTries)])} tries."
            + (left.Count > 0 ? $" The evaluations do not reach {Words(left)} tries, which are left out of the mean." : "");
        return new StudyClaim([.. arms.Select(arm => arm.Name)], SeedFinding.Conclude(stated, [.. arms[0].Runs.Select(run => Seed(arms, run.Seed, allowed))]) with { Note = note });
    }

    /// <summary>Of the tries that the claim averages over, those within which every arm was evaluated; all, while nothing has been.</summary>
    private static IReadOnlyList<int> Allowed(IReadOnlyList<StudyCell> arms)
    {
        var most = arms.SelectMany(arm => arm.Runs).Where(run => run.Counts).Select(run => run.Result!.Tries).DefaultIfEmpty(int.MaxValue).Min();
        return [.. TriesSlope.Allowed.Where(tries => tries <= most)];
    }

    private static SeedFinding Seed(IReadOnlyList<StudyCell> arms, ulong seed, IReadOnlyList<int> allowed)
    {
        if (!StudyCell.TryFind(arms, seed, out var results, out var cause))
        {
            return SeedFinding.None(seed, cause);
        }

        var compared = results.Select(result => (Before: At(result, ReportRoles.Sft, allowed), After: At(result, ReportRoles.Recovery, allowed))).ToList();
        if (compared.FindIndex(arm => arm.Before.Count < allowed.Count || arm.After.Count < allowed.Count) is var lacking and >= 0)
        {
            return SeedFinding.None(seed, FormattableString.Invariant($"'{arms[lacking].Name}' has no RL run, or no evaluation, at step {results[lacking].ClaimStep}."));
        }

        var all = compared.SelectMany(arm => arm.Before.Concat(arm.After)).ToList();
        if (StudyCell.Saturated(all.Select(found => found.OutOfDistribution)) is { } saturated)
        {
            return SeedFinding.None(seed, saturated);
        }

        var gains = compared.Zip(arms, (found, arm) => (arm.Setting!.RecoveryTries, found.After.Average(after => after.OutOfDistribution.Accuracy) - found.Before.Average(before => before.OutOfDistribution.Accuracy)));
        return SeedFinding.Of(new SeedValue(seed, TriesSlope.PerDoubling([.. gains])!.Value)
        {
            Clusters = all.Min(found => found.OutOfDistribution.Clusters),
            Records = [.. all.Select(found => found.Record)],
        });
    }

    private static List<TriesResult> At(ExperimentResultDocument result, string role, IReadOnlyList<int> allowed) =>
        [.. result.AccuracyByTries.Where(found => found.Role == role && found.Step == result.ClaimStep && allowed.Contains(found.Tries))];

    private static string Words(IReadOnlyList<int> numbers) =>
        numbers.Count == 1 ? FormattableString.Invariant($"{numbers[0]}") : FormattableString.Invariant($"{string.Join(", ", numbers.SkipLast(1))} and {numbers[^1]}");
}
