using Crescent.Kernels.Jobs;
using Crescent.Server.Workers;

namespace Crescent.Server.Tests.Workers;

public sealed class JobContextTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task SnapshotDue_AfterTheInterval_IsTrueUntilASnapshotIsCommitted()
    {
        var seen = new TaskCompletionSource<(bool AtStart, bool After, bool AfterCommit, bool AfterOutcome)>(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkerBench? bench = null;
        await using var running = bench = new WorkerBench(job =>
        {
            var atStart = job.SnapshotDue;
            bench!.Time.Advance(WorkerBench.SnapshotInterval);
            var after = job.SnapshotDue;
            job.Commit(new JobCommit { Outcomes = [new(OutcomeKinds.Checkpoint, 1, "{}", [])] });
            var afterOutcome = job.SnapshotDue;
            job.Commit(new JobCommit { Snapshot = stream => stream.WriteByte(1), Step = 1 });
            seen.SetResult((atStart, after, job.SnapshotDue, afterOutcome));
            WorkerServiceTests.Complete(job);
        });

        await bench.StartAsync();

        Assert.Equal((false, true, false, true), await seen.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task OpenSnapshot_ClaimWithSnapshot_GivesItsBytes()
    {
        var seen = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new WorkerBench(job =>
        {
            using var snapshot = job.OpenSnapshot()!;
            seen.SetResult(snapshot.ReadByte());
            WorkerServiceTests.Complete(job);
        });

        await bench.StartAsync(bench.Blobs.Add([42]));

        Assert.Equal(42, await seen.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task OpenInput_UnknownName_SaysWhichThereAre()
    {
        await using var bench = new WorkerBench(job => job.OpenInput("starts"));

        await bench.StartAsync(("start", "00"), ("base", "11"));

        Assert.Equal("failed", await bench.Queue.Ended);
        Assert.Equal("input-missing", bench.Queue.Failure!.Code);
        Assert.Contains("base, start", bench.Queue.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_JobsComeAndGo_ShareTheCores()
    {
        var share = new ThreadShare(5);
        share.Enter();
        var alone = share.Threads;
        share.Enter();
        var two = share.Threads;
        share.Leave();

        Assert.Equal((5, 2, 5), (alone, two, share.Threads));
    }

    [Fact]
    public void Threads_MoreJobsThanCores_AreOneEach()
    {
        var share = new ThreadShare(2);
        for (var job = 0; job < 3; job++)
        {
            share.Enter();
        }

        Assert.Equal(1, share.Threads);
    }
}
