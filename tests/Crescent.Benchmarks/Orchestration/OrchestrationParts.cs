using Crescent.Backends;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>Single figures of <see cref="OrchestrationBenchmark"/>, small enough to be looked at between two changes.</summary>
internal static class OrchestrationParts
{
    private static readonly SortedDictionary<string, Func<BenchStore, int, Task<double>>> Parts = new(StringComparer.Ordinal)
    {
        ["experiments"] = async (store, count) => (await Experiments.MeasureAsync(store, count, OrchestrationBenchmark.Lanes)).PerSecond,
        ["jobs"] = (store, count) => CrescentJobs.MeasureAsync(store, count, OrchestrationBenchmark.Lanes),
        ["short-runs"] = ShortRuns.OverheadAsync,
    };

    public static IEnumerable<string> Names => Parts.Keys;

    public static async Task RunAsync(string part, string database, int count)
    {
        await using var server = database == "postgres" ? await PostgresServer.StartAsync() : null;
        await using BenchStore store = server is null ? new SqliteStore() : await PostgresStore.CreateAsync(server);
        Console.WriteLine(FormattableString.Invariant($"{part} {database} {count}: {await Parts[part](store, count):F4}"));
    }
}
