using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Crescent.Storage.Postgres;
using Crescent.Storage.Sql;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Tests;

/// <summary>Storage of its own under a fake clock, and short ways to say what tests say often.</summary>
internal sealed class TestStorage : IDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder temporary = new();
    private readonly TestDatabase database;

    public TestStorage(DatabaseKind kind = DatabaseKind.Sqlite)
    {
        Folder = DataFolder.Open(temporary.Path);
        database = new TestDatabase(kind, Folder);
        Database = database.Open(Clock);
        Ledger = new SqlBlobLedger(Database, Clock);
        Blobs = new FolderBlobStore(Folder.BlobPath, Folder.ClaimedAt, Ledger);
        Queue = Database is PostgresDatabase postgres ? new PostgresJobQueue(postgres, Blobs, Clock) : new SqlJobQueue(Database, Blobs, Clock);
        Experiments = new SqlExperimentStore(Database, Clock);
        Requests = new SqlExperimentRequests(Database, Clock);
    }

    public FakeClock Clock { get; } = new();

    public DataFolder Folder { get; }

    public SqlDatabase Database { get; }

    public SqlBlobLedger Ledger { get; }

    public FolderBlobStore Blobs { get; }

    public SqlJobQueue Queue { get; }

    public SqlExperimentStore Experiments { get; }

    public SqlExperimentRequests Requests { get; }

    /// <summary>The same database as another process has it open.</summary>
    public SqlDatabase OpenAgain() => database.Open(Clock);

    public static WorkerIdentity Worker(string name = "w1", string code = "code") => new(name, JobKinds.All, code);

    public static JobRequest Request(string spec = "{}", string kind = JobKinds.Sft, int maxAttempts = 5, string? study = null) =>
        new(kind, spec, new Dictionary<string, string>(), "code") { Scheduling = new JobScheduling(study) { Retry = new RetryPolicy(maxAttempts) } };

    public async Task<JobClaim> ClaimAsync(string worker = "w1") => await Queue.ClaimAsync(Worker(worker), Lease) ?? throw new InvalidOperationException("Nothing to claim.");

    public async Task<ArtifactReference> PutAsync(string name, string content, string kind = ArtifactKinds.Checkpoint)
    {
        var blob = await Blobs.PutAsync(stream => stream.Write(Encoding.UTF8.GetBytes(content)));
        return new ArtifactReference(name, kind, "application/octet-stream", blob.Sha256, blob.Bytes);
    }

    public async Task<JobCommitRecord> CheckpointAsync(int step, string? content = null)
    {
        var artifact = await PutAsync($"checkpoint-{step}.safetensors", content ?? $"weights {step}");
        return Outcome(OutcomeKinds.Checkpoint, step, artifact);
    }

    public async Task<JobCommitRecord> SnapshotAsync(int step) => new(await PutAsync($"snapshot-{step}", $"snapshot {step}", ArtifactKinds.Snapshot), step, [], []);

    public static JobCommitRecord Outcome(string kind, int step = 0, params ArtifactReference[] artifacts) =>
        new(null, step, [new JobOutcomeRecord(kind, step, "{}", artifacts)], []);

    public static JobCommitRecord Completed => Outcome(OutcomeKinds.Completed);

    /// <summary>Runs a job of one checkpoint to its end.</summary>
    public async Task SucceedAsync(JobRequest request, string runId)
    {
        await Queue.SubscribeAsync(request, runId, 0);
        var claim = await ClaimAsync();
        await Queue.CommitAsync(claim, await CheckpointAsync(100));
        await Queue.CommitAsync(claim, Completed);
    }

    public string PathOf(ArtifactReference artifact) => Path.Combine(Folder.BlobPath, artifact.Sha256[..2], artifact.Sha256[2..4], artifact.Sha256);

    public static async Task ThrowsAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<CrescentException>(act)).Code);

    public void Dispose()
    {
        Database.Dispose();
        Folder.Dispose();
        temporary.Dispose();
    }
}
