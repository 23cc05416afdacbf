using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Workers;

/// <summary>What one attempt's kernel sees. Used on the kernel's own thread, where waiting for the store is harmless.</summary>
internal sealed class JobContext : IJobContext
{
    private readonly JobClaim claim;
    private readonly WorkerIdentity slot;
    private readonly Lease lease;
    private readonly IWorkQueue queue;
    private readonly PatientBlobs blobs;
    private readonly ThreadShare share;
    private readonly WorkerOptions options;
    private readonly TimeProvider time;
    private readonly MachineUse use;
    private long snapshotAt;

    /// <param name="slot">Claims its next job with the commit that completes this one.</param>
    public JobContext(JobClaim claim, WorkerIdentity slot, Lease lease, IWorkQueue queue, IBlobStore blobs, ThreadShare share, WorkerOptions options, TimeProvider time)
    {
        this.slot = slot;
        (this.claim, this.lease, this.queue, this.blobs) = (claim, lease, queue, new PatientBlobs(blobs, lease, options.BlobTimeout, time));
        (this.share, this.options, this.time) = (share, options, time);
        snapshotAt = time.GetTimestamp();
        use = new MachineUse(time, EnergyCounter.OfMachine, () => share.OfMachine);
        InputNames = [.. claim.Inputs.Keys.Order(StringComparer.Ordinal)];
    }

    public string Spec => claim.Spec;

    public IReadOnlyList<string> InputNames { get; }

    public int Threads => share.Threads;

    public CheckpointSchedule Schedule => lease.Schedule;

    /// <summary>True once a commit has ended the attempt: the job is done, or waits for another attempt.</summary>
    public bool Ended { get; private set; }

    /// <summary>What the slot is to do next, claimed with the completion; null: it has to ask.</summary>
    public SlotJob? Next { get; private set; }

    public bool SnapshotDue => !lease.Lost && (lease.StopRequested || time.GetElapsedTime(snapshotAt) >= options.SnapshotInterval);

    public string InputHash(string name) => claim.Inputs.TryGetValue(name, out var hash)
        ? hash
        : throw new CrescentException("input-missing", $"The job has no input '{name}'; it has: {string.Join(", ", InputNames)}.");

    public Stream OpenInput(string name) => blobs.Open(InputHash(name));

    /// <remarks>A snapshot that was damaged since the claim ends the attempt; the next claim finds the damage and goes on from the snapshot before.</remarks>
    public Stream? OpenSnapshot()
    {
        if (claim.Snapshot is not { } snapshot)
        {
            return null;
        }

        try
        {
            return blobs.Open(snapshot.Sha256);
        }
        catch (CrescentException e) when (e.Code is "artifact-damaged" or "artifact-missing")
        {
            throw new CrescentException("snapshot-damaged", $"The snapshot of step {claim.SnapshotStep} cannot be used: {e.Message} The next attempt goes on from the one before.", retryable: true, e);
        }
    }

    public void ThrowIfStopped()
    {
        if (lease.Lost || lease.StopRequested)
        {
            throw new OperationCanceledException("The job was told to stop.");
        }
    }

    public void Commit(JobCommit commit)
    {
        ThrowIfLost();
        var snapshot = commit.Snapshot is { } write ? Put(new ArtifactDraft("snapshot", ArtifactKinds.Snapshot, "application/octet-stream", write)) : null;
        var outcomes = commit.Outcomes.Select(outcome => new JobOutcomeRecord(outcome.Kind, outcome.Step, outcome.Payload, [.. outcome.Artifacts.Select(Put)])).ToList();
        ThrowIfLost();
        var (points, mark) = lease.Metrics.Peek();
        var record = new JobCommitRecord(snapshot, commit.Step, outcomes, [.. points, .. use.Points(commit.Step)]);
        CommitAnswer answer;
        if (claim.Schedule is null && !lease.StopRequested && outcomes.Any(outcome => outcome.Kind == OutcomeKinds.Completed))
        {
            var begun = time.GetTimestamp();
            Next = queue.CompleteAndClaimAsync(claim, record, slot, options.Lease).GetAwaiter().GetResult() is { } next ? new SlotJob(next, begun) : null;
            answer = new CommitAnswer(Ended: true);
        }
        else
        {
            answer = queue.CommitAsync(claim, record).GetAwaiter().GetResult();
        }

        lease.Note(answer.Schedule);
        lease.Metrics.Confirm(mark);
        use.Written();
        if (snapshot is not null)
        {
            snapshotAt = time.GetTimestamp();
        }

        Ended |= answer.Ended;
    }

    public void Progress(JobProgress progress) => lease.Report(progress);

    public void Metric(string name, int step, double value) => lease.Metrics.Add(new MetricPoint(name, step, value));

    private ArtifactReference Put(ArtifactDraft draft)
    {
        var blob = blobs.Put(draft.Write);
        return new ArtifactReference(draft.Name, draft.Kind, draft.MediaType, blob.Sha256, blob.Bytes);
    }

    private void ThrowIfLost()
    {
        if (lease.Lost)
        {
            throw new CrescentException("lease-lost", $"The lease of {claim.Kind} {claim.Key} epoch {claim.Epoch} has run out; another attempt goes on from the last snapshot.");
        }
    }
}
