using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;

namespace Crescent.Grains.Tests.Hosting;

/// <summary>The experiment store, with a barrier for phases and a switch that makes it fail.</summary>
internal sealed class WatchedExperiments(IExperimentStore inner) : IExperimentStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> phases = [];
    private readonly List<(string Id, string Phase, TaskCompletionSource Reached)> waiting = [];

    /// <summary>Asked before each append and each reading of a spec; true: it throws.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>Asked after each append, which is made; true: the caller never hears of it.</summary>
    public Func<string, bool> LosesAnswer { get; set; } = _ => false;

    /// <summary>Done once the experiment's row shows the phase.</summary>
    public Task ReachedAsync(string id, string phase)
    {
        lock (gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (phases.GetValueOrDefault(id) == phase)
            {
                reached.SetResult();
            }
            else
            {
                waiting.Add((id, phase, reached));
            }

            return reached.Task.WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        }
    }

    public async Task AppendAsync(ExperimentRow experiment, IReadOnlyList<RunRow> runs, IReadOnlyList<ExperimentEvent> events, CancellationToken cancellation = default)
    {
        ThrowIf(Fails(experiment.Id));
        await inner.AppendAsync(experiment, runs, events, cancellation);
        ThrowIf(LosesAnswer(experiment.Id));
        lock (gate)
        {
            phases[experiment.Id] = experiment.Phase;
            foreach (var (_, _, reached) in waiting.Where(wait => wait.Id == experiment.Id && wait.Phase == experiment.Phase))
            {
                reached.TrySetResult();
            }
        }
    }

    public Task<string> ReadSpecAsync(string specHash, CancellationToken cancellation = default)
    {
        ThrowIf(Fails(specHash));
        return inner.ReadSpecAsync(specHash, cancellation);
    }

    public Task<ExperimentRow> CreateAsync(ExperimentRow experiment, string spec, IdempotencyKey? key, CancellationToken cancellation = default) => inner.CreateAsync(experiment, spec, key, cancellation);

    public Task<ExperimentRow?> FindAsync(string experimentId, CancellationToken cancellation = default) => inner.FindAsync(experimentId, cancellation);

    public Task<ExperimentPage> ListAsync(int limit, string? cursor, CancellationToken cancellation = default) => inner.ListAsync(limit, cursor, cancellation);

    public Task<IReadOnlyList<RunRow>> RunsAsync(string experimentId, CancellationToken cancellation = default) => inner.RunsAsync(experimentId, cancellation);

    public Task<IReadOnlyList<ExperimentEvent>> EventsAsync(string experimentId, long after, int limit, CancellationToken cancellation = default) => inner.EventsAsync(experimentId, after, limit, cancellation);

    public Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation = default) => inner.UnfinishedAsync(cancellation);

    public Task<IReadOnlyList<RunArtifact>> ArtifactsAsync(string experimentId, CancellationToken cancellation = default) => inner.ArtifactsAsync(experimentId, cancellation);

    public Task<IReadOnlyList<MetricSum>> MetricSumsAsync(string experimentId, IReadOnlyList<string> names, CancellationToken cancellation = default) => inner.MetricSumsAsync(experimentId, names, cancellation);

    public Task<IReadOnlyList<MetricPoint>> MetricsAsync(string runId, CancellationToken cancellation = default) => inner.MetricsAsync(runId, cancellation);

    private static void ThrowIf(bool fails)
    {
        if (fails)
        {
            throw new CrescentException("storage-unavailable", "The store fails, as the test asks.", retryable: true);
        }
    }
}
