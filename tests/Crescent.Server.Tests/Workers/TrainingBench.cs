using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tensors;
using Crescent.Server.Workers;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Crescent.Server.Tests.Workers;

/// <summary>A real queue and a real SFT kernel, whose attempts end where the test says. Clocks move at step boundaries only.</summary>
internal sealed class TrainingBench : IDisposable
{
    public const int Steps = 8;
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);
    private static readonly SftKernel Kernel = new(new CpuEngineFactory());
    private static readonly TinyPreset Tiny = new();
    private static readonly string Spec = JobJson.Write(Tiny.Sft(5) with { Steps = Steps, Batch = 2, Checkpoints = [] });

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("crescent-training-");
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly ThreadShare share = new(1);
    private readonly SqliteDatabase database;
    private readonly FolderBlobStore blobs;
    private readonly string start;

    public TrainingBench()
    {
        database = SqliteDatabase.Open(Path.Combine(folder.FullName, "crescent.db"), clock: clock);
        blobs = new FolderBlobStore(Path.Combine(folder.FullName, "blobs"), clock.GetUtcNow());
        Queue = new SqlJobQueue(database, blobs, clock);
        start = blobs.PutAsync(stream => Safetensors.Write(stream, DecoderInitialisation.Draw(Tiny.Model, 5), new Dictionary<string, string>())).GetAwaiter().GetResult().Sha256;
    }

    public SqlJobQueue Queue { get; }

    /// <summary>Steps trained, over all attempts.</summary>
    public int Trained { get; private set; }

    /// <summary>Jobs of one code have nothing to do with those of another.</summary>
    public string Code { get; set; } = "code";

    public string Key => Request([]).Key;

    public JobRequest Request(IReadOnlyList<int> checkpoints) => new(JobKinds.Sft, Spec, new Dictionary<string, string> { ["base"] = start }, Code) { Checkpoints = checkpoints, Scheduling = new JobScheduling { Retry = new RetryPolicy(1000) } };

    public Task<JobView> SubscribeAsync(string run, params int[] checkpoints) => Queue.SubscribeAsync(Request(checkpoints), run, 0);

    /// <summary>Hashes of what a run has been told and has not acknowledged, in order: <c>checkpoint-4.safetensors 0a1b...</c>, <c>completed</c>.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync(string run) =>
        (await Queue.ReadDeliveryAsync(run))!.Outcomes.Select(outcome => outcome.Artifacts is [var checkpoint] ? $"{checkpoint.Name} {checkpoint.Sha256}" : $"{outcome.Kind} {outcome.Payload}").ToList();

    /// <summary>Claims the job and runs its kernel as a worker does.</summary>
    /// <param name="boundary">Called at each step boundary of the attempt, from 1; may throw <see cref="KilledException"/>, or ask to stop.</param>
    /// <returns>False when there is nothing to claim.</returns>
    public async Task<bool> WorkAsync(Action<int, Lease>? boundary = null)
    {
        var worker = new WorkerIdentity("w", [JobKinds.Sft], Code);
        if (await Queue.ClaimAsync(worker, TimeToLive) is not { } claim)
        {
            return false;
        }

        var options = new WorkerOptions { SnapshotInterval = TimeSpan.FromSeconds(3) };
        var lease = new Lease(Queue, claim, TimeToLive, TimeToLive / 3, clock.GetTimestamp(), clock, NullLogger.Instance);
        var context = new JobContext(claim, worker, lease, Queue, blobs, share, options, clock);
        var boundaries = 0;
        try
        {
            Kernel.Run(new WatchedJob(context, () =>
            {
                boundary?.Invoke(++boundaries, lease);
                clock.Advance(TimeSpan.FromSeconds(1));
            }, () => Trained++));
            if (!context.Ended)
            {
                await Queue.ReleaseAsync(claim);
            }
        }
        catch (KilledException)
        {
            clock.Advance(TimeToLive);
        }
        catch (OperationCanceledException) when (lease.StopRequested)
        {
            await Queue.ReleaseAsync(claim);
        }

        return true;
    }

    public void Dispose()
    {
        database.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>The worker's process is gone from here on.</summary>
    internal sealed class KilledException : Exception;

    private sealed class WatchedJob(JobContext job, Action boundary, Action trained) : IJobContext
    {
        public string Spec => job.Spec;

        public IReadOnlyList<string> InputNames => job.InputNames;

        public CheckpointSchedule Schedule => job.Schedule;

        public int Threads => job.Threads;

        public bool SnapshotDue => job.SnapshotDue;

        public string InputHash(string name) => job.InputHash(name);

        public Stream OpenInput(string name) => job.OpenInput(name);

        public Stream? OpenSnapshot() => job.OpenSnapshot();

        public void ThrowIfStopped()
        {
            boundary();
            job.ThrowIfStopped();
            trained();
        }

        public void Commit(JobCommit commit) => job.Commit(commit);

        public void Progress(JobProgress progress) => job.Progress(progress);

        public void Metric(string name, int step, double value) => job.Metric(name, step, value);
    }
}
