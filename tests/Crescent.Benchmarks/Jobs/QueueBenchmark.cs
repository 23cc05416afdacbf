using System.Collections.Concurrent;
using System.Diagnostics;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sqlite;

namespace Crescent.Benchmarks.Jobs;

/// <summary>
/// Jobs that compute nothing, from subscription to acknowledgement, on the real store: what the queue itself costs. Then single calls with many jobs in the tables. Each call waits for its commit.
/// </summary>
internal sealed class QueueBenchmark(string folderPath, int jobs, int lanes)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Prints figures to standard error as they come; the last line of standard output is one JSON object.</summary>
    public async Task RunAsync()
    {
        using var folder = DataFolder.Open(folderPath);
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var queue = new SqlJobQueue(database, new FolderBlobStore(folder.BlobPath, folder.ClaimedAt), TimeProvider.System);
        var figures = new Dictionary<string, double>();

        await MeasureAsync("subscribePerSecond", jobs, () => InLanesAsync(async (_, i) => await queue.SubscribeAsync(Request(i), Run(i), 0)));
        Report("claimWithJobsQueuedMs", await MedianAsync(50, async i => await queue.FindAsync((await queue.ClaimAsync(Worker(i), Lease))!.Key)));
        await queue.EndAttemptsAsync("");
        await MeasureAsync("drainPerSecond", jobs, () => InLanesAsync((lane, _) => WorkAsync(queue, lane)));
        Report("pendingRunsAllWaitingMs", await MedianAsync(20, _ => queue.PendingRunsAsync(100)));
        await MeasureAsync("deliverPerSecond", jobs, () => InLanesAsync((_, i) => DeliverAsync(queue, i)));
        Report("pendingRunsNoneWaitingMs", await MedianAsync(20, _ => queue.PendingRunsAsync(100)));

        await queue.SubscribeAsync(Request(jobs), Run(jobs), 0);
        var claim = (await queue.ClaimAsync(Worker(0), Lease))!;
        var batch = Enumerable.Range(0, 1000).Select(step => new MetricPoint("loss", step, step)).ToList();
        Report("thousandMetricsMs", await MedianAsync(20, i => queue.HeartbeatAsync(claim, Lease, null, [.. batch.Select(point => point with { Step = point.Step + (1000 * i) })])));
        Report("thousandMetricsRepeatedMs", await MedianAsync(20, _ => queue.HeartbeatAsync(claim, Lease, null, batch)));
        figures["endToEndPerSecond"] = 1 / ((1 / figures["subscribePerSecond"]) + (1 / figures["drainPerSecond"]) + (1 / figures["deliverPerSecond"]));
        Console.WriteLine(JobJson.Write(new { bench = "queue", jobs, lanes, processors = Environment.ProcessorCount, figures }));

        async Task MeasureAsync(string name, int count, Func<Task> work)
        {
            var started = Stopwatch.GetTimestamp();
            await work();
            Report(name, count / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        void Report(string name, double value)
        {
            figures[name] = Math.Round(value, 3);
            Console.Error.WriteLine($"{name} {value:F3}");
        }
    }

    private static async Task WorkAsync(SqlJobQueue queue, int lane)
    {
        var claim = (await queue.ClaimAsync(Worker(lane), Lease))!;
        await queue.CommitAsync(claim, new JobCommitRecord(null, 0, [new JobOutcomeRecord(OutcomeKinds.Completed, 0, "{}", [])], []));
    }

    private static async Task DeliverAsync(SqlJobQueue queue, int i)
    {
        var delivery = (await queue.ReadDeliveryAsync(Run(i)))!;
        await queue.AcknowledgeAsync(Run(i), delivery.Outcomes[^1].Sequence, failure: false);
    }

    private Task InLanesAsync(Func<int, int, Task> work)
    {
        var rest = new ConcurrentQueue<int>(Enumerable.Range(0, jobs));
        return Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(async () =>
        {
            while (rest.TryDequeue(out var i))
            {
                await work(lane, i);
            }
        })));
    }

    private static async Task<double> MedianAsync(int times, Func<int, Task> work)
    {
        var milliseconds = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await work(i);
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return milliseconds.Order().ElementAt(times / 2);
    }

    private static JobRequest Request(int i) => new(JobKinds.Evaluation, $"{{\"n\":{i}}}", new Dictionary<string, string>(), "code");

    private static string Run(int i) => $"e{i / 10}/evaluation/{i % 10}";

    private static WorkerIdentity Worker(int i) => new($"w{i}", JobKinds.All, "code");
}
