using Crescent.Grains.Control;
using Crescent.Kernels.Jobs;
using Crescent.Server.Workers;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Crescent.Server.Tests.Workers;

/// <summary>A worker on fakes, with one kernel that does what the test says and a clock that the test moves.</summary>
internal sealed class WorkerBench : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan SnapshotInterval = TimeSpan.FromSeconds(10);
    private readonly ControlHints hints = new();
    private readonly WorkerService worker;

    /// <param name="lease">For tests that let much time pass; 15 s otherwise.</param>
    public WorkerBench(Action<IJobContext> kernel, TimeSpan? lease = null)
    {
        var timeToLive = lease ?? Lease;
        var options = new WorkerOptions { Slots = 1, Cores = 2, Lease = timeToLive, HeartbeatInterval = timeToLive / 3, SnapshotInterval = SnapshotInterval, BlobTimeout = TimeSpan.FromSeconds(30) };
        worker = new WorkerService(Queue, Blobs, [new ScriptedKernel(kernel)], Options.Create(options), Activity, hints, Time, NullLogger<WorkerService>.Instance);
    }

    /// <summary>That of the claim.</summary>
    public CheckpointSchedule? Schedule { get; init; }

    public WorkerActivity Activity { get; } = new(new WorkerIdentity("bench", [JobKinds.Sft], "code"), 1);

    public FakeWorkQueue Queue { get; } = new();

    public FakeBlobStore Blobs { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Starts the worker on what the test has put in the queue.</summary>
    public Task ServeAsync() => worker.StartAsync(CancellationToken.None);

    public Task StartAsync(params (string Name, string Hash)[] inputs) => StartAsync(null, inputs);

    public Task StartAsync(string? snapshot, params (string Name, string Hash)[] inputs)
    {
        var reference = snapshot is null ? null : new ArtifactReference("snapshot", ArtifactKinds.Snapshot, "application/octet-stream", snapshot, 1);
        Queue.Enqueue(new JobClaim("key", JobKinds.Sft, "{}", inputs.ToDictionary(input => input.Name, input => input.Hash), "owner", 3, reference, snapshot is null ? null : 5) { Schedule = Schedule });
        return worker.StartAsync(CancellationToken.None);
    }

    public Task StopAsync() => worker.StopAsync(CancellationToken.None);

    /// <summary>Lets one heartbeat pass and returns what it carried.</summary>
    public async Task<(JobProgress? Progress, IReadOnlyList<MetricPoint> Metrics)> BeatAsync()
    {
        Time.Advance(Lease / 3);
        return await Queue.Heartbeats.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Lets time pass until the attempt has ended, and says how.</summary>
    public async Task<string> EndAsync()
    {
        while (!Queue.HasEnded)
        {
            Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Delay(1);
        }

        return await Queue.Ended;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        worker.Dispose();
        hints.Dispose();
    }

    private sealed class ScriptedKernel(Action<IJobContext> script) : IKernel
    {
        public string Kind => JobKinds.Sft;

        public void Run(IJobContext job) => script(job);
    }
}
