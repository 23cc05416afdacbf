using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Spectra;

namespace Crescent.Grains.Experiments;

/// <summary>The job of a run, made from the spec and from what the runs before it have left. The same whenever it is made, since what a started run depends on does not change any more.</summary>
public static class RunJob
{
    public static RunStart Of(ExperimentSpec spec, ExperimentState state, RunCommand command)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(command);
        var plan = PlannedRuns.Of(spec);
        var planned = plan.First(run => run.Name == command.Run);
        if (planned.Spec is { } writeSpec)
        {
            return new RunStart(command.Number, planned.Kind, writeSpec(), planned.Inputs.ToDictionary(input => input.Name, input => Hash(planned, input, state)), planned.Priority, Checkpoints: planned.Checkpoints?.ToList());
        }

        var records = plan
            .Where(run => run.Place is not null || run.Pair is not null)
            .Select(run => (Run: run, state.Runs.First(known => known.Name == run.Name).Record))
            .Where(pair => pair.Record is not null)
            .ToDictionary(pair => InputName(pair.Run), pair => pair);
        var report = Report(spec, state, [.. records.Values.Select(pair => pair.Run)]);
        var used = report.Points.Select(point => point.Input).Concat(report.Spectra.Select(pair => pair.Input)).Concat(report.Interventions.Select(pair => pair.Input));
        return new RunStart(command.Number, planned.Kind, JobJson.Write(report), used.ToDictionary(name => name, name => records[name].Record!), planned.Priority);
    }

    private static string Hash(PlannedRun run, PlannedInput input, ExperimentState state) =>
        RunReadiness.Checkpoint(input.Source, state.Runs, state.BestStep) ?? throw new InvalidOperationException($"{run.Name} was started before its input '{input.Name}' was there.");

    private static ReportSpec Report(ExperimentSpec spec, ExperimentState state, IReadOnlyList<PlannedRun> runs) => new()
    {
        Experiment = spec.Name,
        Question = spec.Question,
        Seed = spec.Seed,
        SpecHash = ExperimentSpecReader.Hash(spec),
        ClaimStep = spec.Claims.Step,
        Criteria = spec.Claims.Criteria,
        BestStep = state.BestStep ?? throw new InvalidOperationException("The report was started before the best checkpoint was known."),
        EndStep = spec.Sft.Steps,
        Evaluation = spec.Evaluation,
        Points = [.. runs.Where(run => run.Place is not null).Select(run => new ReportPoint(run.Place!.Role, run.Place.Step ?? state.BestStep.Value, InputName(run))).DistinctBy(point => (point.Role, point.Step))],
        Spectra = Pairs(runs, JobKinds.Spectra),
        Interventions = Pairs(runs, JobKinds.Intervention),
        Compute = [.. Compute(spec, state)],
    };

    /// <summary>Of the runs that have succeeded, in the plan's order.</summary>
    private static IEnumerable<ReportCompute> Compute(ExperimentSpec spec, ExperimentState state) =>
        from run in PlannedRuns.Of(spec)
        let known = state.Runs.First(known => known.Name == run.Name)
        let use = known.Phase == Phases.Succeeded ? Read(run.Kind, known.Summary) : null
        where use is not null
        select new ReportCompute(run.Name, use) { Role = ComputeRoles.Of(run.Kind, run.Name) };

    /// <summary>Null for a run that ended before runs counted.</summary>
    private static ComputeUse? Read(string kind, string? summary)
    {
        try
        {
            return (kind, summary) switch
            {
                (_, null) => null,
                (JobKinds.BaseTraining or JobKinds.Sft or JobKinds.Recovery, _) => JobJson.Read<TrainingSummary>(summary).Compute,
                (JobKinds.Evaluation, _) => JobJson.Read<EvaluationSummary>(summary).Compute,
                (JobKinds.Spectra, _) => JobJson.Read<SpectraSummary>(summary).Compute,
                (JobKinds.Intervention, _) => JobJson.Read<InterventionsSummary>(summary).Compute,
                _ => null,
            };
        }
        catch (CrescentException)
        {
            return null;
        }
    }

    private static IReadOnlyList<ReportPair> Pairs(IReadOnlyList<PlannedRun> runs, string kind) => [.. runs.Where(run => run.Kind == kind).Select(run => new ReportPair(run.Pair!.From, run.Pair.To, InputName(run)))];

    /// <summary><c>evaluation/sft-300</c> is the input <c>evaluation-sft-300</c>.</summary>
    private static string InputName(PlannedRun run) => run.Name.Replace('/', '-');
}
