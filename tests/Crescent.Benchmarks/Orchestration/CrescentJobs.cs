using System.Diagnostics;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>Jobs that compute nothing: subscribed, claimed, completed, delivered to their grains and acknowledged. Each of these is durable before the next.</summary>
internal static class CrescentJobs
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Jobs per second from the first subscription to the last acknowledgement; subscribing, working and delivering go on at the same time.</summary>
    public static async Task<double> MeasureAsync(BenchStore store, int jobs, int lanes)
    {
        await using var silo = await BenchSilo.StartAsync(store, sinks: true);
        await RunAsync(silo, "warm", jobs / 2, lanes);
        return await RunAsync(silo, "main", jobs, lanes);
    }

    /// <summary>Subscribes runs to as many jobs, each of its own.</summary>
    public static Task SubscribeAsync(BenchSilo silo, string name, int jobs, int lanes) =>
        Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = lanes }, async (i, _) =>
        {
            var request = new JobRequest(JobKinds.Evaluation, $"{{\"{name}\":{i}}}", new Dictionary<string, string>(), BenchSilo.Code);
            await silo.Jobs.SubscribeAsync(request, $"{name}{i / 10}/evaluation/{i % 10}", 0, CancellationToken.None);
        });

    private static async Task<double> RunAsync(BenchSilo silo, string name, int jobs, int lanes)
    {
        using var ended = new CancellationTokenSource();
        var done = silo.Delivered.Expect(jobs);
        var started = Stopwatch.GetTimestamp();
        var workers = Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => WorkAsync(silo, lane, ended.Token))));
        await SubscribeAsync(silo, name, jobs, lanes);
        await done;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await ended.CancelAsync();
        await workers;
        return jobs / seconds;
    }

    private static async Task WorkAsync(BenchSilo silo, int lane, CancellationToken ended)
    {
        var worker = new WorkerIdentity($"bench/{lane}", JobKinds.All, BenchSilo.Code);
        JobClaim? next = null;
        while (!ended.IsCancellationRequested)
        {
            if ((next ?? await silo.Work.ClaimAsync(worker, Lease, CancellationToken.None)) is not { } claim)
            {
                await Task.Delay(5, CancellationToken.None);
                continue;
            }

            var completed = new JobCommitRecord(null, 0, [new JobOutcomeRecord(OutcomeKinds.Completed, 0, "{}", [])], []);
            next = await silo.Work.CompleteAndClaimAsync(claim, completed, worker, Lease, CancellationToken.None);
        }
    }
}
