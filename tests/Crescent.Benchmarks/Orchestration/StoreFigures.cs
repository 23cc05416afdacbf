using System.Diagnostics;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>Single calls of the stores.</summary>
internal static class StoreFigures
{
    private const int Batch = 1000;

    /// <summary>Durable metric points per second, from several jobs that send a batch with each heartbeat; every fourth batch comes twice.</summary>
    public static async Task<double> MetricsAsync(BenchSilo silo, int points, int writers)
    {
        await CrescentJobs.SubscribeAsync(silo, "metrics", writers, writers);
        var claims = new List<JobClaim>();
        for (var i = 0; i < writers; i++)
        {
            claims.Add((await silo.Work.ClaimAsync(new WorkerIdentity($"bench/{i}", JobKinds.All, BenchSilo.Code), TimeSpan.FromMinutes(10)))!);
        }

        var batches = points / writers / Batch;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(claims.Select(claim => Task.Run(async () =>
        {
            for (var i = 0; i < batches; i++)
            {
                var batch = Enumerable.Range(i * Batch, Batch).Select(step => new MetricPoint("loss", step, 1.0 / (step + 1))).ToList();
                for (var time = i % 4 == 0 ? 0 : 1; time < 2; time++)
                {
                    await silo.Work.HeartbeatAsync(claim, TimeSpan.FromMinutes(10), null, batch);
                }
            }
        })));
        return batches * writers * Batch / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>95th percentile of reading a page of 50 somewhere in the list, in milliseconds.</summary>
    public static async Task<double> ListAsync(BenchSilo silo, int experiments, int pages)
    {
        var database = silo.Get<SqlDatabase>();
        await database.WriteAsync(session => session.Execute($"INSERT INTO spec (hash, json) VALUES ('bench', '{{}}')"));
        for (var from = 0; from < experiments; from += Batch)
        {
            var first = from;
            await database.WriteAsync(session =>
            {
                for (var i = first; i < first + Batch; i++)
                {
                    session.Execute($"INSERT INTO experiment (id, name, question, spec_hash, phase, created_at, last_seq) VALUES ({$"list-{i:D6}"}, {$"experiment {i}"}, 'How quick is the list?', 'bench', 'succeeded', {(long)i * 1000}, 1)");
                }
            });
        }

        var store = silo.Get<IExperimentStore>();
        var milliseconds = new List<double>();
        string? cursor = null;
        for (var i = 0; i < pages; i++)
        {
            var started = Stopwatch.GetTimestamp();
            cursor = (await store.ListAsync(50, cursor)).NextCursor;
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return milliseconds.Order().ElementAt(pages * 95 / 100);
    }
}
