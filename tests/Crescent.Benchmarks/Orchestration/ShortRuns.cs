using System.Diagnostics;
using Crescent.Kernels.Jobs;
using Crescent.Server.Workers;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>Many short jobs on the server's own worker: how much longer than the sleeping itself it takes.</summary>
internal static class ShortRuns
{
    private const int Slots = 4;
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(0.1);

    /// <summary>Time from the first subscription to the last acknowledgement, over the time that the slots must sleep.</summary>
    public static async Task<double> OverheadAsync(BenchStore store, int jobs)
    {
        await using var silo = await BenchSilo.StartAsync(store, sinks: true, services =>
        {
            services.AddSingleton<IKernel, SleepingKernel>();
            services.AddSingleton(new WorkerActivity(new WorkerIdentity("bench", [JobKinds.Evaluation], BenchSilo.Code), Slots));
            services.Configure<WorkerOptions>(options => options.Slots = Slots);
            services.AddHostedService<WorkerService>();
        });
        await RunAsync(silo, "warm", 10 * Slots);
        var seconds = await RunAsync(silo, "main", jobs);
        return (seconds / (jobs * Sleep.TotalSeconds / Slots)) - 1;
    }

    private static async Task<double> RunAsync(BenchSilo silo, string name, int jobs)
    {
        var done = silo.Delivered.Expect(jobs);
        var started = Stopwatch.GetTimestamp();
        await CrescentJobs.SubscribeAsync(silo, name, jobs, lanes: 16);
        await done;
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private sealed class SleepingKernel : IKernel
    {
        public string Kind => JobKinds.Evaluation;

        public void Run(IJobContext job)
        {
            Thread.Sleep(Sleep);
            job.Commit(new JobCommit { Outcomes = [new JobOutcomeDraft(OutcomeKinds.Completed, 0, "{}", [])] });
        }
    }
}
