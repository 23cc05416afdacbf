using System.Diagnostics;
using Quartz;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>The peer: Quartz.NET with a database-backed store that it has made itself, as many threads as Crescent has lanes, and batches of its own choice.</summary>
internal static class QuartzJobs
{
    /// <summary>Jobs per second from the first that is scheduled to the last that is executed; scheduling and executing go on at the same time.</summary>
    public static async Task<double> MeasureAsync(Action<IPersistentStoreBuilder> store, int jobs, int lanes)
    {
        var builder = QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.ConfigureScheduler(options => options.InstanceName = "bench");
            quartz.UseDefaultThreadPool(lanes);
            quartz.UsePersistentStore(persistent =>
            {
                store(persistent);
                persistent.ProvisionSchema();
                persistent.UseSystemTextJsonSerializer();
            });
        });
        var scheduler = await builder.BuildScheduler();
        await scheduler.Start();
        try
        {
            await RunAsync(scheduler, "warm", jobs / 2, lanes);
            return await RunAsync(scheduler, "main", jobs, lanes);
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: true);
        }
    }

    private static async Task<double> RunAsync(IScheduler scheduler, string name, int jobs, int lanes)
    {
        var done = NoOpJob.Count.Expect(jobs);
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = lanes }, async (i, _) =>
        {
            var job = JobBuilder.Create<NoOpJob>().WithIdentity($"{name}-{i}").Build();
            await scheduler.ScheduleJob(job, TriggerBuilder.Create().WithIdentity($"{name}-{i}").StartNow().Build(), cancellationToken: CancellationToken.None);
        });
        await done;
        return jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public sealed class NoOpJob : IJob
    {
        public static DeliveryCount Count { get; } = new();

        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            Count.Add();
            return ValueTask.CompletedTask;
        }
    }
}
