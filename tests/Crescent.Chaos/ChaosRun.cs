using System.Diagnostics;
using Crescent.Kernels.Jobs;
using Crescent.Server.Experiments;

namespace Crescent.Chaos;

/// <summary>What an experiment left.</summary>
/// <param name="Hashes">Run and name of each artifact to its SHA-256.</param>
/// <param name="Problems">Jobs that did not go on from their last snapshot.</param>
public sealed record ChaosOutcome(IReadOnlyDictionary<string, string> Hashes, IReadOnlyList<string> Problems, int FromSnapshot, int FromZero, TimeSpan Took);

/// <summary>One experiment in a fresh data folder, with its server killed at each target's moment and started again.</summary>
public sealed class ChaosRun(string spec, Action<string> tell)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] Compared = [ArtifactKinds.Checkpoint, ArtifactKinds.EvaluationRecord, ArtifactKinds.Spectra, ArtifactKinds.Intervention, ArtifactKinds.Figure, ArtifactKinds.Report, ArtifactKinds.Result];

    // Frequent snapshots and heartbeats: the experiment is over in seconds.
    private static readonly (string, string)[] Settings = [("Crescent__Worker__SnapshotInterval", "00:00:00.050"), ("Crescent__Worker__HeartbeatInterval", "00:00:00.050"), ("Crescent__Worker__PollInterval", "00:00:00.020")];

    public async Task<ChaosOutcome> RunAsync(IReadOnlyList<KillTarget> targets)
    {
        var folder = Directory.CreateTempSubdirectory("crescent-chaos-");
        try
        {
            return await RunAsync(folder.FullName, [.. targets]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<ChaosOutcome> RunAsync(string folder, List<KillTarget> targets)
    {
        var data = Path.Combine(folder, "data");
        var log = Path.Combine(folder, "server.log");
        var ledger = new SnapshotLedger();
        var started = Stopwatch.GetTimestamp();
        var server = await ServerProcess.StartAsync(data, log, Settings);
        try
        {
            var id = await server.CreateAsync(spec);
            while (await NextAsync(server, id, targets, started) is { } target)
            {
                targets.Remove(target);
                await server.KillAsync();
                server.Dispose();
                await ledger.NoteAsync(data, id);
                tell($"killed at {target}");
                server = await ServerProcess.StartAsync(data, log, Settings);
            }

            var hashes = (await server.ArtifactsAsync(id)).Where(artifact => Compared.Contains(artifact.Kind)).ToDictionary(artifact => $"{artifact.Run}/{artifact.Name}", artifact => artifact.Sha256);
            if (await server.StopAsync() is not 0 and var code)
            {
                throw new InvalidOperationException($"The server ended with exit code {code}: {await File.ReadAllTextAsync(log)}");
            }

            return new ChaosOutcome(hashes, await ledger.CheckAsync(data), ledger.FromSnapshot, ledger.FromZero, Stopwatch.GetElapsedTime(started));
        }
        finally
        {
            server.Dispose();
        }
    }

    /// <summary>Waits for the next target's moment, or for the experiment's end once there are no targets.</summary>
    private static async Task<KillTarget?> NextAsync(ServerProcess server, string id, List<KillTarget> targets, long started)
    {
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            var view = await server.ViewAsync(id);
            if (targets.FirstOrDefault(target => KillMoment.HasCome(target, view)) is { } target)
            {
                await Task.Delay(target.Delay);
                return target;
            }

            if (view.Experiment.Phase == "succeeded")
            {
                return null;
            }

            ThrowIfFailed(view);
            await Task.Delay(10);
        }

        throw new InvalidOperationException($"The experiment has not ended within {Patience}.");
    }

    private static void ThrowIfFailed(ExperimentView view)
    {
        if (view.Experiment.Phase is "failed" or "cancelled")
        {
            throw new InvalidOperationException($"The experiment {view.Experiment.Phase}: {view.Experiment.Error} {string.Join("; ", view.Runs.Select(run => run.Error).OfType<string>())}");
        }
    }
}
