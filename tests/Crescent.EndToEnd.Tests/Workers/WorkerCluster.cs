using Crescent.Chaos;
using Crescent.Server.Experiments;

namespace Crescent.EndToEnd.Tests.Workers;

/// <summary>A control process that runs no jobs, and workers in processes of their own, on one data folder.</summary>
internal sealed class WorkerCluster : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("crescent-workers-");
    private readonly List<WorkerProcess> workers = [];
    private ServerProcess? control;

    /// <summary>Every kind of run, each once or a few times; with a base training that is long enough to be caught in the middle.</summary>
    public const string Spec = ChaosSpec.Tiny + """

        base: { steps: 80 }
        sft: { steps: 8, checkpoints: [0, 4, 8] }
        recovery: { from: [8], controls: [], run: { updates: 6 } }
        evaluation: { tries: 1 }
        spectra: { pairs: [{ from: base, to: end }] }
        interventions: { run: { edits: [{ kind: restore-values, rankShare: 1 }] } }
        """;

    /// <summary>Short leases and frequent snapshots: everything is over in seconds.</summary>
    public static (string Name, string Value)[] Settings { get; } =
    [
        ("Crescent__Worker__Lease", "00:00:05"),
        ("Crescent__Worker__HeartbeatInterval", "00:00:00.100"),
        ("Crescent__Worker__SnapshotInterval", "00:00:00.300"),
        ("Crescent__Worker__PollInterval", "00:00:00.050"),
    ];

    public ServerProcess Control => control!;

    public string DataFolder => Path.Combine(folder.FullName, "data");

    public async Task StartControlAsync() => control = await ServerProcess.StartAsync(DataFolder, Path.Combine(folder.FullName, "control.log"), [("Crescent__Roles", "control"), .. Settings]);

    public WorkerProcess AddWorker(params (string Name, string Value)[] more)
    {
        var worker = WorkerProcess.Start(DataFolder, Path.Combine(folder.FullName, $"worker-{workers.Count}.log"), [.. Settings, .. more]);
        workers.Add(worker);
        return worker;
    }

    /// <summary>Looks until the experiment's view is as asked.</summary>
    public async Task<ExperimentView> UntilAsync(string id, Func<ExperimentView, bool> condition)
    {
        while (true)
        {
            var view = await Control.ViewAsync(id);
            if (condition(view))
            {
                return view;
            }

            Assert.False(view.Experiment.Phase is "failed" or "cancelled", $"{view.Experiment.Error} {string.Join("; ", view.Runs.Select(run => run.Error).OfType<string>())} {string.Join('\n', workers.Select(worker => worker.Log))}");
            await Task.Delay(20);
        }
    }

    public Task<ExperimentView> UntilDoneAsync(string id) => UntilAsync(id, view => view.Experiment.Phase == "succeeded");

    /// <summary>The worker whose log says that it has claimed the kind of job; null while none has.</summary>
    public WorkerProcess? ClaimantOf(string kind) => workers.FirstOrDefault(worker => worker.Log.Contains($"Claimed {kind} ", StringComparison.Ordinal));

    /// <summary>Run and name of each artifact to its hash.</summary>
    public async Task<Dictionary<string, string>> HashesAsync(string id) => (await Control.ArtifactsAsync(id)).ToDictionary(artifact => $"{artifact.Run}/{artifact.Name}", artifact => artifact.Sha256);

    public async ValueTask DisposeAsync()
    {
        workers.ForEach(worker => worker.Dispose());
        if (control is not null)
        {
            await control.StopAsync();
            control.Dispose();
        }

        folder.Delete(recursive: true);
    }
}
