using Crescent.Kernels.Engines.Cpu;

namespace Crescent.Kernels.Tests.Engines.Cpu;

public sealed class WorkerThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void Run_ManyLoops_RunsEveryTaskOnce(int count)
    {
        using WorkerThreads workers = new() { Count = count };
        for (var loop = 0; loop < 200; loop++)
        {
            var runs = new int[1 + loop % 17];
            workers.Run(runs.Length, (task, worker) =>
            {
                Assert.InRange(worker, 0, count - 1);
                Interlocked.Increment(ref runs[task]);
            });
            Assert.All(runs, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Run_WhenTasksThrow_ThrowsTheFirstAndCanGoOn()
    {
        using WorkerThreads workers = new() { Count = 3 };
        Assert.Throws<InvalidOperationException>(() => workers.Run(20, (task, _) => throw new InvalidOperationException($"task {task}")));
        var sum = 0;
        workers.Run(10, (task, _) => Interlocked.Add(ref sum, task));
        Assert.Equal(45, sum);
    }

    [Fact]
    public void Run_OnOtherWorkers_UsesNoPoolThread()
    {
        using WorkerThreads workers = new() { Count = 2 };
        using Barrier both = new(2);
        workers.Run(2, (_, worker) =>
        {
            // Both tasks are held until two workers have one each.
            Assert.True(both.SignalAndWait(TimeSpan.FromMinutes(1)));
            Assert.True(worker == 0 || !Thread.CurrentThread.IsThreadPoolThread);
        });
    }

    [Fact]
    public void Count_ChangedBetweenLoops_TakesEffect()
    {
        using WorkerThreads workers = new();
        foreach (var count in new[] { 2, 1, 4, 2 })
        {
            workers.Count = count;
            var sum = 0;
            workers.Run(100, (task, _) => Interlocked.Add(ref sum, task));
            Assert.Equal(4950, sum);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => workers.Count = 0);
    }
}
