using Crescent.Kernels.Accounting;
using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Studies;

/// <summary>What a cell, or the whole study, has computed. Work that several runs share (equal jobs) counts once for a cell and once for the study, so that the cells add up to more than the study.</summary>
/// <param name="Seconds">Wall time of its jobs, one after the other; null where nobody measured it.</param>
public sealed record StudyCompute(IReadOnlyList<StageCompute> Stages, ComputeUse Total, double? Seconds)
{
    private const string Controls = "controls";
    private static readonly string[] Order = ["base", "sft", ReportRoles.Recovery, Controls];

    /// <summary>Of the experiments that count; null without any account.</summary>
    internal static StudyCompute? Of(IEnumerable<StudyRun> runs)
    {
        var jobs = runs.Where(run => run.Counts).SelectMany(Jobs).DistinctBy(job => job.Key).ToList();
        if (jobs.Count == 0)
        {
            return null;
        }

        StageCompute[] stages =
        [
            .. from job in jobs
               group job by Stage(job.Run) into stage
               orderby Array.IndexOf(Order, stage.Key) is var place && place < 0 ? Order.Length : place, stage.Key
               select new StageCompute(stage.Key, stage.Count(), stage.All(job => job.Use is null) ? null : Sum(stage), Measured(stage)),
        ];
        return new StudyCompute(stages, Sum(jobs), Measured(jobs));
    }

    private static IEnumerable<(string Run, string Key, ComputeUse? Use, double? Seconds)> Jobs(StudyRun run)
    {
        var names = run.Result!.Compute.Select(account => account.Run).Concat(run.Jobs.Where(job => job.Seconds is not null).Select(job => job.Run)).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var job = run.Jobs.FirstOrDefault(known => known.Run == name);
            yield return (name, job?.Key ?? $"{run.Id}/{name}", run.Result.Compute.FirstOrDefault(account => account.Run == name)?.Use, job?.Seconds);
        }
    }

    private static ComputeUse Sum(IEnumerable<(string Run, string Key, ComputeUse? Use, double? Seconds)> jobs) => jobs.Aggregate(new ComputeUse(), (sum, job) => job.Use is { } use ? sum + use : sum);

    private static double? Measured(IEnumerable<(string Run, string Key, ComputeUse? Use, double? Seconds)> jobs) => jobs.Any(job => job.Seconds is not null) ? jobs.Sum(job => job.Seconds ?? 0) : null;

    /// <summary><c>recovery/300</c> is of stage recovery; the recovery runs of the controls are a stage of their own.</summary>
    private static string Stage(string run) => run.Split('/')[0] is var first && first is ReportRoles.ShuffledReward or ReportRoles.BothRules ? Controls : first;
}

/// <param name="Stage"><c>base</c>, <c>sft</c>, <c>recovery</c>, <c>controls</c>, and what else was accounted or timed.</param>
/// <param name="Jobs">Jobs of different work.</param>
/// <param name="Use">Null where tokens and FLOPs are not accounted.</param>
public sealed record StageCompute(string Stage, int Jobs, ComputeUse? Use, double? Seconds);
