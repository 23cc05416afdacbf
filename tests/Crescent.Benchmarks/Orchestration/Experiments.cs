using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crescent.Abstractions.Experiments;
using Crescent.Grains.Tests.Hosting;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Orleans;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>Whole experiments with everything but the computing: the server's own grains, plan and control loop, and workers that commit outcomes of the right shape at once.</summary>
internal static class Experiments
{
    /// <summary>Experiments per second, and the runs of each.</summary>
    public static async Task<(double PerSecond, int Runs)> MeasureAsync(BenchStore store, int experiments, int lanes)
    {
        await using var silo = await BenchSilo.StartAsync(store, sinks: false);
        await RunAsync(silo, "warm", Math.Max(2, experiments / 4), lanes);
        var seconds = await RunAsync(silo, "main", experiments, lanes);
        return (experiments / seconds, (await silo.Get<IExperimentStore>().RunsAsync("main0")).Count);
    }

    private static async Task<double> RunAsync(BenchSilo silo, string name, int experiments, int lanes)
    {
        var store = silo.Get<IExperimentStore>();
        using var ended = new CancellationTokenSource();
        var started = Stopwatch.GetTimestamp();
        var workers = Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => WorkAsync(silo, lane, ended.Token))));
        await Parallel.ForEachAsync(Enumerable.Range(0, experiments), new ParallelOptions { MaxDegreeOfParallelism = lanes }, async (i, _) =>
        {
            // Names are in no job's key, seeds are in all of them.
            var spec = ExperimentSpecReader.Read($$"""{"version": 1, "name": "{{name}}", "question": "How quick?", "preset": "tiny", "seed": {{(name.Length * 100000) + name[0] + i}}}""");
            var id = $"{name}{i}";
            await store.CreateAsync(new ExperimentRow(id, spec.Name, spec.Question, ExperimentSpecReader.Hash(spec), "pending", DateTimeOffset.UtcNow, null, null, null, 0), ExperimentSpecReader.Write(spec), null, CancellationToken.None);
            await silo.Get<IGrainFactory>().GetGrain<IExperimentGrain>(id).StartAsync(CancellationToken.None);
        });
        while ((await store.UnfinishedAsync()).Count > 0)
        {
            await Task.Delay(20, CancellationToken.None);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await ended.CancelAsync();
        await workers;
        var phase = (await store.FindAsync($"{name}0"))!.Phase;
        return phase == Phases.Succeeded ? seconds : throw new InvalidOperationException($"Experiment {name}0 is {phase}.");
    }

    private static async Task WorkAsync(BenchSilo silo, int lane, CancellationToken ended)
    {
        var worker = new WorkerIdentity($"bench/{lane}", JobKinds.All, BenchSilo.Code);
        while (!ended.IsCancellationRequested)
        {
            if (await silo.Work.ClaimAsync(worker, TimeSpan.FromMinutes(5), CancellationToken.None) is not { } claim)
            {
                await Task.Delay(5, CancellationToken.None);
                continue;
            }

            foreach (var (kind, step, payload) in PretendedWork.Outcomes(claim))
            {
                var text = Encoding.UTF8.GetBytes($"{claim.Key} {kind} {step}");
                var blob = await silo.Get<IBlobStore>().PutAsync(stream => stream.Write(text), CancellationToken.None);
                var artifact = new ArtifactReference($"{kind}-{step.ToString(CultureInfo.InvariantCulture)}", ArtifactKinds.Checkpoint, "text/plain", blob.Sha256, blob.Bytes);
                await silo.Work.CommitAsync(claim, new JobCommitRecord(null, step, [new JobOutcomeRecord(kind, step, payload, [artifact])], []), CancellationToken.None);
            }
        }
    }
}
