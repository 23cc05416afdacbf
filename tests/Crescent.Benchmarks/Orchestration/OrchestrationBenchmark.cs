using Crescent.Backends;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>
/// What the queue, the grains and the stores cost without any computing, beside Quartz.NET on the same stores in turn, so that both meet the same machine. The numbers of jobs are small enough for Quartz to be done in seconds.
/// </summary>
internal static class OrchestrationBenchmark
{
    /// <summary>Jobs and experiments under way at a time.</summary>
    internal const int Lanes = 64;

    private const int Rounds = 3;

    public static BenchmarkReport Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<BenchmarkReport> RunAsync()
    {
        await using var server = await PostgresServer.StartAsync();
        var figures = new Dictionary<string, List<double>>();
        for (var round = 0; round < Rounds; round++)
        {
            await MeasureAsync("sqlite_crescent_jobs_per_second", SqliteAsync, store => CrescentJobs.MeasureAsync(store, 8000, Lanes));
            await MeasureAsync("sqlite_quartz_jobs_per_second", SqliteAsync, store => QuartzJobs.MeasureAsync(store.Configure, 2000, Lanes));
            await MeasureAsync("postgres_crescent_jobs_per_second", PostgresAsync, store => CrescentJobs.MeasureAsync(store, 8000, Lanes));
            await MeasureAsync("postgres_quartz_jobs_per_second", PostgresAsync, store => QuartzJobs.MeasureAsync(store.Configure, 1000, Lanes));
        }

        foreach (var (name, open) in new (string, Func<Task<BenchStore>>)[] { ("sqlite", SqliteAsync), ("postgres", PostgresAsync) })
        {
            await MeasureAsync($"{name}_experiments_per_second", open, async store => (await Experiments.MeasureAsync(store, 40, Lanes)).PerSecond);
            await MeasureAsync($"{name}_metric_points_per_second", open, store => OnSiloAsync(store, silo => StoreFigures.MetricsAsync(silo, 200_000, writers: 4)));
            await MeasureAsync($"{name}_list_p95_ms", open, store => OnSiloAsync(store, silo => StoreFigures.ListAsync(silo, 100_000, pages: 500)));
            await MeasureAsync($"{name}_short_runs_overhead", open, store => ShortRuns.OverheadAsync(store, 2000));
        }

        var medians = figures.ToDictionary(figure => figure.Key, figure => Math.Round(figure.Value.Order().ElementAt(figure.Value.Count / 2), 4));
        return new BenchmarkReport(
            "orchestrate",
            new Dictionary<string, double>
            {
                ["postgres_vs_quartz"] = Math.Round(medians["postgres_crescent_jobs_per_second"] / medians["postgres_quartz_jobs_per_second"], 2),
                ["sqlite_vs_quartz"] = Math.Round(medians["sqlite_crescent_jobs_per_second"] / medians["sqlite_quartz_jobs_per_second"], 2),
                ["short_runs_overhead"] = Math.Max(medians["sqlite_short_runs_overhead"], medians["postgres_short_runs_overhead"]),
            },
            medians)
        {
            MetricPointsPerSecond = Math.Min(medians["sqlite_metric_points_per_second"], medians["postgres_metric_points_per_second"]),
            ListP95Ms = Math.Max(medians["sqlite_list_p95_ms"], medians["postgres_list_p95_ms"]),
        };

        Task<BenchStore> SqliteAsync() => Task.FromResult<BenchStore>(new SqliteStore());

        async Task<BenchStore> PostgresAsync() => await PostgresStore.CreateAsync(server);

        async Task MeasureAsync(string name, Func<Task<BenchStore>> open, Func<BenchStore, Task<double>> measure)
        {
            await using var store = await open();
            var value = await measure(store);
            if (!figures.TryGetValue(name, out var values))
            {
                figures.Add(name, values = []);
            }

            values.Add(value);
            Console.Error.WriteLine(FormattableString.Invariant($"{name} {value:F3}"));
        }
    }

    private static async Task<double> OnSiloAsync(BenchStore store, Func<BenchSilo, Task<double>> measure)
    {
        await using var silo = await BenchSilo.StartAsync(store, sinks: true);
        return await measure(silo);
    }
}
