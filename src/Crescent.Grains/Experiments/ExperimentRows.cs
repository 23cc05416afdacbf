using Crescent.Abstractions.Experiments;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Experiments;

/// <summary>What lists show, made from the state.</summary>
internal static class ExperimentRows
{
    public static ExperimentRow Experiment(ExperimentRow submitted, ExperimentState state) => submitted with
    {
        SpecHash = state.SpecHash ?? submitted.SpecHash,
        Phase = state.Phase,
        StartedAt = state.StartedAt,
        FinishedAt = state.FinishedAt,
        Error = state.Error,
        LastSequence = state.LastEvent,
    };

    /// <summary>The runs that events after <paramref name="after"/> concern.</summary>
    public static IReadOnlyList<RunRow> Runs(string experimentId, ExperimentSpec spec, ExperimentState state, long after)
    {
        var planned = PlannedRuns.Of(spec);
        return [.. state.Runs.Select((run, order) => (Run: run, Row: Row(experimentId, planned.First(plan => plan.Name == run.Name), run, order))).Where(pair => pair.Run.LastEvent > after).Select(pair => pair.Row)];
    }

    private static RunRow Row(string experimentId, PlannedRun planned, RunState run, int order) => new(
        $"{experimentId}/{run.Name}", experimentId, order, planned.Kind, planned.Title, run.Phase, run.JobKey, run.Cached, run.Summary, run.Error, run.StartedAt, run.FinishedAt);
}
