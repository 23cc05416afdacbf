using Quartz;

namespace Crescent.Benchmarks.Orchestration;

internal static class OrchestrationBenchmark
{
    private const int Lanes = 32;

    public static BenchmarkReport Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task<BenchmarkReport> RunAsync()
    {
        await using var a = new SqliteStore();
        Console.Error.WriteLine($"crescent sqlite {await CrescentJobs.MeasureAsync(a, 20000, Lanes):F0}");
        await using var b = new SqliteStore();
        b.UseWriteAheadLog();
        Console.Error.WriteLine($"quartz sqlite {await QuartzJobs.MeasureAsync(store => store.UseSqlite(b.ConnectionString), 2000, Lanes):F0}");
        return new BenchmarkReport("orchestrate", new Dictionary<string, double>(), new Dictionary<string, double>());
    }
}
