using Crescent.Kernels.Jobs;

namespace Crescent.Server.Tests.Workers;

/// <summary>Outages of the blob store, as a kernel sees them.</summary>
public sealed class PatientBlobsTests
{
    [Fact]
    public async Task Commit_StoreFailsForAWhile_IsTriedAgainAndCompletes()
    {
        var calls = 0;
        await using var bench = new WorkerBench(Snapshot, TimeSpan.FromDays(1));
        bench.Blobs.Before = _ => ++calls <= 3 ? throw Unavailable() : Task.CompletedTask;

        await bench.StartAsync();

        Assert.Equal("completed", await bench.EndAsync());
        Assert.Equal(4, calls);
    }

    [Fact]
    public async Task Commit_StoreStaysAway_EndsTheAttemptRetryable()
    {
        var calls = 0;
        await using var bench = new WorkerBench(Snapshot, TimeSpan.FromDays(1));
        bench.Blobs.Before = _ =>
        {
            calls++;
            throw Unavailable();
        };

        await bench.StartAsync();

        Assert.Equal("failed", await bench.EndAsync());
        Assert.Equal(("storage-unavailable", true), (bench.Queue.Failure!.Code, bench.Queue.Failure.Retryable));
        Assert.Equal(5, calls);
        Assert.Empty(bench.Queue.Commits);
    }

    [Fact]
    public async Task Commit_StoreDoesNotAnswer_EndsTheAttemptRetryable()
    {
        await using var bench = new WorkerBench(Snapshot, TimeSpan.FromDays(1));
        bench.Blobs.Before = cancellation => Task.Delay(Timeout.Infinite, cancellation);

        await bench.StartAsync();

        Assert.Equal("failed", await bench.EndAsync());
        Assert.Equal(("storage-unavailable", true), (bench.Queue.Failure!.Code, bench.Queue.Failure.Retryable));
        Assert.Contains("has not answered", bench.Queue.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSnapshot_DamagedSinceTheClaim_LeavesTheJobToTheSnapshotBefore()
    {
        await using var bench = new WorkerBench(job => job.OpenSnapshot(), TimeSpan.FromDays(1));

        await bench.StartAsync(new string('0', 64));

        Assert.Equal("failed", await bench.EndAsync());
        Assert.Equal(("snapshot-damaged", true), (bench.Queue.Failure!.Code, bench.Queue.Failure.Retryable));
    }

    private static void Snapshot(IJobContext job)
    {
        job.Commit(new JobCommit { Snapshot = stream => stream.WriteByte(1), Step = 1 });
        WorkerServiceTests.Complete(job);
    }

    private static CrescentException Unavailable() => new("storage-unavailable", "Away.", retryable: true);
}
