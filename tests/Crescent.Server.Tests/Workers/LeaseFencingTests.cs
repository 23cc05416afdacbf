using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Tests.Workers;

/// <summary>An attempt that may have been replaced writes nothing.</summary>
public sealed class LeaseFencingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Heartbeat_JobOwnedByAnother_CommitThrowsAndNothingIsReported()
    {
        using var gate = new Gate();
        await using var bench = new WorkerBench(gate.Run);
        bench.Queue.Heartbeat = () => LeaseState.Lost;

        await bench.StartAsync();
        gate.WaitUntilRunning();
        await bench.BeatAsync();
        SpinWait.SpinUntil(() => !gate.Job!.SnapshotDue && Stopped(gate.Job), Patience);
        gate.Open();

        Assert.Equal("lease-lost", (await gate.Outcome)?.Code);
        await bench.StopAsync();
        Assert.False(bench.Queue.HasEnded);
        Assert.Empty(bench.Queue.Commits);
    }

    [Fact]
    public async Task Heartbeat_StoreSilentForFourFifthsOfTheLease_AttemptFencesItself()
    {
        using var gate = new Gate();
        await using var bench = new WorkerBench(gate.Run);
        bench.Queue.Heartbeat = () => throw new CrescentException("storage-unavailable", "No answer.", retryable: true);

        await bench.StartAsync();
        gate.WaitUntilRunning();
        await bench.BeatAsync();
        await bench.BeatAsync();
        var before = Stopped(gate.Job!);
        bench.Time.Advance((WorkerBench.Lease * 0.8) - (WorkerBench.Lease * 2 / 3));
        gate.Open();

        Assert.False(before);
        Assert.Equal("lease-lost", (await gate.Outcome)?.Code);
        await bench.StopAsync();
        Assert.False(bench.Queue.HasEnded);
        Assert.Empty(bench.Queue.Commits);
    }

    [Fact]
    public async Task Heartbeat_Answered_LeaseLastsAnotherTimeToLive()
    {
        using var gate = new Gate();
        await using var bench = new WorkerBench(gate.Run);

        await bench.StartAsync();
        gate.WaitUntilRunning();
        for (var beat = 0; beat < 6; beat++)
        {
            await bench.BeatAsync();
            Assert.True(SpinWait.SpinUntil(() => !Stopped(gate.Job!), Patience));
        }

        gate.Open();

        Assert.Null(await gate.Outcome);
        Assert.Equal("completed", await bench.Queue.Ended);
    }

    [Fact]
    public async Task Heartbeat_Failed_KeepsMetricsForTheNext()
    {
        using var gate = new Gate();
        await using var bench = new WorkerBench(gate.Run);
        var answers = 0;
        bench.Queue.Heartbeat = () => answers++ == 0 ? throw new CrescentException("storage-unavailable", "No answer.", retryable: true) : LeaseState.Held;

        await bench.StartAsync();
        gate.WaitUntilRunning();
        gate.Job!.Metric("loss", 1, 2);
        gate.Job.Progress(new JobProgress(1, 2, "steps"));
        var first = await bench.BeatAsync();
        var second = await bench.BeatAsync();

        Assert.Equal(new JobProgress(1, 2, "steps"), first.Progress);
        Assert.Equal([new MetricPoint("loss", 1, 2)], first.Metrics);
        Assert.Equal(first.Metrics, second.Metrics);
        gate.Open();
        await bench.Queue.Ended;
    }

    private static bool Stopped(IJobContext job)
    {
        try
        {
            job.ThrowIfStopped();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>A kernel that waits for the test, then completes.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim running = new();
        private readonly ManualResetEventSlim open = new();
        private readonly TaskCompletionSource<CrescentException?> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IJobContext? Job { get; private set; }

        /// <summary>What the kernel's commit threw.</summary>
        public Task<CrescentException?> Outcome => outcome.Task.WaitAsync(Patience);

        public void Run(IJobContext job)
        {
            Job = job;
            running.Set();
            open.Wait(Patience);
            try
            {
                WorkerServiceTests.Complete(job);
                outcome.SetResult(null);
            }
            catch (CrescentException e)
            {
                outcome.SetResult(e);
                throw;
            }
        }

        public void WaitUntilRunning() => Assert.True(running.Wait(Patience));

        public void Open() => open.Set();

        public void Dispose()
        {
            running.Dispose();
            open.Dispose();
        }
    }
}
