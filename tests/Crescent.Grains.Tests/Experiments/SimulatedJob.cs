using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Spectra;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>A job that commits what its kind commits, one outcome after the other.</summary>
internal sealed class SimulatedJob(ExperimentSpec spec, RunStart start)
{
    private readonly List<(string Kind, int Step)> outcomes = [.. Checkpoints(spec, start).Select(step => (OutcomeKinds.Checkpoint, step)), (OutcomeKinds.Completed, 0)];

    /// <summary>What every job says that it has computed.</summary>
    public static ComputeUse Use { get; } = new(GeneratedTokens: 7, Flops: 14);

    public bool Failed { get; set; }

    /// <summary>What another subscriber wants besides; the job makes it after its end.</summary>
    public void Want(IReadOnlyList<int> steps) => outcomes.AddRange(steps.Select(step => (OutcomeKinds.Checkpoint, step)).Except(outcomes));

    public bool HasMore(int delivered) => !Failed && delivered < outcomes.Count;

    /// <summary>The outcome after those that were delivered.</summary>
    public (string Kind, int Step, string Payload) Outcome(int delivered, double accuracy)
    {
        var (kind, step) = outcomes[delivered];
        return (kind, step, kind == OutcomeKinds.Completed ? Summary(accuracy) : JobJson.Write(new CheckpointPayload(step)));
    }

    private static List<int> Checkpoints(ExperimentSpec spec, RunStart start) => start.Kind switch
    {
        JobKinds.BaseTraining => [spec.Base.Steps],
        JobKinds.Sft => start.Checkpoints!,
        JobKinds.Recovery => [spec.Recovery.Run.Updates],
        _ => [],
    };

    private string Summary(double accuracy)
    {
        var (other, chosen) = (new SplitAccuracy(0.5, 0.5, 10, 5), new SplitAccuracy(accuracy, 0.9, 10, 5));
        return start.Kind switch
        {
            JobKinds.Evaluation => JobJson.Write(new EvaluationSummary(other, chosen, other, other) { Compute = Use }),
            JobKinds.Spectra => JobJson.Write(new SpectraSummary(1, 0, 0, []) { Compute = Use }),
            JobKinds.Intervention => JobJson.Write(new InterventionsSummary([], Use)),
            JobKinds.Report => JobJson.Write(new ReportSummary([], [])),
            _ => JobJson.Write(new TrainingSummary(Use)),
        };
    }
}
