using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Tests.Workers;

public sealed class WorkerServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Run_EndReachedBeforeAndSomethingElseStillMissing_GivesTheJobBack()
    {
        await using var bench = new WorkerBench(_ => { }) { Schedule = new CheckpointSchedule([4, 6], [6], Completed: true) };

        await bench.StartAsync();

        Assert.Equal("released", await bench.Queue.Ended);
    }

    [Fact]
    public async Task Run_ClaimedJob_RunsOnAThreadOfItsOwnBelowNormalPriority()
    {
        var seen = new TaskCompletionSource<(bool Pool, ThreadPriority Priority)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new WorkerBench(job =>
        {
            seen.SetResult((Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.Priority));
            Complete(job);
        });

        await bench.StartAsync();

        Assert.Equal((false, ThreadPriority.BelowNormal), await seen.Task.WaitAsync(Patience));
        Assert.Equal("completed", await bench.Queue.Ended);
    }

    [Fact]
    public async Task Run_KernelCommits_WritesBlobsThenOneRecord()
    {
        await using var bench = new WorkerBench(job =>
        {
            job.Metric("loss", 1, 0.5);
            job.Commit(new JobCommit
            {
                Snapshot = stream => stream.Write([1, 2]),
                Step = 7,
                Outcomes = [new(OutcomeKinds.Completed, 7, "{}", [new("checkpoint-7.safetensors", ArtifactKinds.Checkpoint, "application/octet-stream", stream => stream.Write([3]))])],
            });
        });

        await bench.StartAsync();
        await bench.Queue.Ended;
        await bench.StopAsync();

        var commit = Assert.Single(bench.Queue.Commits);
        Assert.Equal(7, commit.Step);
        Assert.Equal(2, bench.Blobs.Count);
        Assert.Equal(bench.Blobs.Add([1, 2]), commit.Snapshot!.Sha256);
        Assert.Equal(bench.Blobs.Add([3]), Assert.Single(Assert.Single(commit.Outcomes).Artifacts).Sha256);
        Assert.Equal(new MetricPoint("loss", 1, 0.5), commit.Metrics[0]);
        Assert.Contains(commit.Metrics, point => point.Name == "seconds");
    }

    [Fact]
    public async Task Run_JobNoLongerWanted_SnapshotsThenReleases()
    {
        var running = new ManualResetEventSlim();
        await using var bench = new WorkerBench(job =>
        {
            running.Set();
            SpinWait.SpinUntil(() => job.SnapshotDue, Patience);
            job.Commit(new JobCommit { Snapshot = stream => stream.WriteByte(1), Step = 1 });
            job.ThrowIfStopped();
            throw new InvalidOperationException("The kernel was not stopped.");
        });
        bench.Queue.Heartbeat = () => LeaseState.StopRequested;

        await bench.StartAsync();
        running.Wait(Patience);
        await bench.BeatAsync();

        Assert.Equal("released", await bench.Queue.Ended);
        Assert.NotNull(Assert.Single(bench.Queue.Commits).Snapshot);
    }

    [Fact]
    public async Task Stop_KernelRunning_DrainsItToASnapshotAndReleases()
    {
        var running = new ManualResetEventSlim();
        await using var bench = new WorkerBench(job =>
        {
            running.Set();
            SpinWait.SpinUntil(() => job.SnapshotDue, Patience);
            job.Commit(new JobCommit { Snapshot = stream => stream.WriteByte(1), Step = 1 });
            job.ThrowIfStopped();
        });

        await bench.StartAsync();
        running.Wait(Patience);
        await bench.StopAsync();

        Assert.True(bench.Queue.HasEnded);
        Assert.Equal("released", await bench.Queue.Ended);
        Assert.Single(bench.Queue.Commits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_KernelThrowsKnownError_FailsWithItsCodeAndFlag(bool retryable)
    {
        await using var bench = new WorkerBench(_ => throw new CrescentException("artifact-damaged", "Damaged.", retryable));

        await bench.StartAsync();

        Assert.Equal("failed", await bench.Queue.Ended);
        Assert.Equal(new JobFailure("artifact-damaged", "Damaged.", retryable), bench.Queue.Failure);
    }

    [Fact]
    public async Task Run_KernelThrowsUnknownError_FailsRetryable()
    {
        await using var bench = new WorkerBench(_ => throw new InvalidOperationException("bug"));

        await bench.StartAsync();

        Assert.Equal("failed", await bench.Queue.Ended);
        Assert.Equal(new JobFailure("internal-error", "InvalidOperationException: bug", Retryable: true), bench.Queue.Failure);
    }

    [Fact]
    public async Task Run_KernelCancelsWithoutBeingTold_CountsAsFailure()
    {
        await using var bench = new WorkerBench(_ => throw new OperationCanceledException());

        await bench.StartAsync();

        Assert.Equal("failed", await bench.Queue.Ended);
        Assert.Equal("internal-error", bench.Queue.Failure!.Code);
    }

    [Fact]
    public async Task Run_KernelEndsWithoutCompletedOutcome_Fails()
    {
        await using var bench = new WorkerBench(_ => { });

        await bench.StartAsync();

        Assert.Equal("failed", await bench.Queue.Ended);
        Assert.False(bench.Queue.Failure!.Retryable);
    }

    [Fact]
    public async Task Run_JobCompleted_StartsTheOneThatItsCommitClaimed()
    {
        var seen = new List<string>();
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new WorkerBench(job =>
        {
            seen.Add(job.Spec);
            Complete(job);
            if (seen.Count == 2)
            {
                both.SetResult();
            }
        });
        bench.Queue.Enqueue(new JobClaim("first", JobKinds.Sft, "first", new Dictionary<string, string>(), "owner", 1, null, null));
        bench.Queue.Enqueue(new JobClaim("second", JobKinds.Sft, "second", new Dictionary<string, string>(), "owner", 1, null, null));

        await bench.ServeAsync();
        await both.Task.WaitAsync(Patience);
        await bench.StopAsync();

        Assert.Equal(["first", "second"], seen);
        Assert.Equal(2, bench.Queue.Commits.Count);
        Assert.Equal(1, bench.Queue.Asked);
        Assert.Empty(bench.Queue.Released);
    }

    [Fact]
    public async Task Stop_NextJobClaimedButNotStarted_GivesItBack()
    {
        var (completed, end) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        await using var bench = new WorkerBench(job =>
        {
            Complete(job);
            completed.Set();
            end.Wait(Patience);
        });
        bench.Queue.Enqueue(new JobClaim("first", JobKinds.Sft, "{}", new Dictionary<string, string>(), "owner", 1, null, null));
        bench.Queue.Enqueue(new JobClaim("second", JobKinds.Sft, "{}", new Dictionary<string, string>(), "owner", 1, null, null));

        await bench.ServeAsync();
        Assert.True(completed.Wait(Patience));
        var stopped = bench.StopAsync();
        end.Set();
        await stopped;

        Assert.Equal(["second"], bench.Queue.Released);
        Assert.Single(bench.Queue.Commits);
    }

    [Fact]
    public async Task Commit_ProcessDrains_ClaimsNothingMore()
    {
        var (running, end) = (new ManualResetEventSlim(), new ManualResetEventSlim());
        await using var bench = new WorkerBench(job =>
        {
            running.Set();
            end.Wait(Patience);
            Complete(job);
        });
        bench.Queue.Enqueue(new JobClaim("first", JobKinds.Sft, "{}", new Dictionary<string, string>(), "owner", 1, null, null));
        bench.Queue.Enqueue(new JobClaim("second", JobKinds.Sft, "{}", new Dictionary<string, string>(), "owner", 1, null, null));

        await bench.ServeAsync();
        Assert.True(running.Wait(Patience));
        var stopped = bench.StopAsync();
        end.Set();
        await stopped;

        Assert.Empty(bench.Queue.Released);
        Assert.True(bench.Queue.HasClaims);
    }

    internal static void Complete(IJobContext job) => job.Commit(new JobCommit { Outcomes = [new(OutcomeKinds.Completed, 0, "{}", [])] });
}
