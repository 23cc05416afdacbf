using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>A worker's durable write.</summary>
public partial class SqlJobQueue
{
    private const int SnapshotsKept = 2;

    public virtual async Task<CommitAnswer> CommitAsync(JobClaim claim, JobCommitRecord commit, CancellationToken cancellation = default)
    {
        JobCommitRules.Check(commit);
        var (answer, conflict) = await database.WriteAsync(session => Commit(session, claim, commit), cancellation);
        ThrowIf(conflict);
        return answer;
    }

    public virtual async Task<JobClaim?> CompleteAndClaimAsync(JobClaim claim, JobCommitRecord commit, WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default)
    {
        JobCommitRules.Check(commit);
        JobClaim? next = null;
        ThrowIf(await database.WriteAsync(
            session =>
            {
                var (_, conflict) = Commit(session, claim, commit);
                next = conflict is null ? Claim(session, worker, lease, onlyFresh: true) : null;
                return conflict;
            },
            cancellation));
        return next;
    }

    private static void ThrowIf(JobFailure? conflict)
    {
        if (conflict is not null)
        {
            throw new CrescentException(conflict.Code, conflict.Message, conflict.Retryable);
        }
    }

    /// <summary>Returns the failure that it has stored when an outcome came again with other bytes.</summary>
    private (CommitAnswer Answer, JobFailure? Conflict) Commit(SqlSession session, JobClaim claim, JobCommitRecord commit)
    {
        var now = clock.GetUtcNow();
        var job = Guard(session, claim, now);
        CheckBlobs(session, commit, now);
        if (job.Outcomes > 0 && FindConflict(session, job.Id, claim.Key, commit) is { } conflict)
        {
            EndAttempt(session, job.Id, job.Epoch, "failed", $"{conflict.Code}: {conflict.Message}", now);
            FailJob(session, job.Id, conflict, now);
            return (new CommitAnswer(Ended: true), conflict);
        }

        var outcomes = commit.Outcomes.Aggregate(job.Outcomes, (count, outcome) => AddOutcome(session, job, count, outcome, now));
        var completes = commit.Outcomes.Any(outcome => outcome.Kind == OutcomeKinds.Completed);
        if (commit.Outcomes.Count > 0)
        {
            SetOutcomes(session, job.Id, outcomes, succeeded: completes && !job.Scheduled, now);
        }

        SqlMetrics.Add(session, job.Id, commit.Metrics);
        if (commit.Snapshot is { } snapshot)
        {
            AddSnapshot(session, job, snapshot, commit.Step);
        }

        if (job.Scheduled)
        {
            return (Settle(session, job, completes, now), null);
        }

        if (completes)
        {
            EndAttempt(session, job.Id, job.Epoch, "succeeded", null, now);
        }

        return (new CommitAnswer(completes), null);
    }

    private static void SetOutcomes(SqlSession session, long jobId, int outcomes, bool succeeded, DateTimeOffset now)
    {
        if (succeeded)
        {
            session.Execute($"UPDATE job SET outcomes = {outcomes}, phase = 'succeeded', owner = NULL, lease_until = NULL, resumed_from = NULL, finished_at = {now} WHERE id = {jobId}");
        }
        else
        {
            session.Execute($"UPDATE job SET outcomes = {outcomes} WHERE id = {jobId}");
        }

        RefreshDeliverable(session, jobId);
        RefreshPending(session, jobId);
    }

    /// <summary>Returns the number of outcomes after it.</summary>
    private static int AddOutcome(SqlSession session, HeldJob job, int count, JobOutcomeRecord outcome, DateTimeOffset now)
    {
        if (job.Outcomes > 0 && session.Execute($"UPDATE job_outcome SET withheld = FALSE WHERE job_id = {job.Id} AND kind = {outcome.Kind} AND step = {outcome.Step}") > 0)
        {
            return count;
        }

        var sequence = count + 1;
        session.Execute($"""
            INSERT INTO job_outcome (job_id, seq, kind, step, payload, hash, epoch, committed_at)
            VALUES ({job.Id}, {sequence}, {outcome.Kind}, {outcome.Step}, {outcome.Payload}, {JobCommitRules.Hash(outcome)}, {job.Epoch}, {now})
            """);
        foreach (var (position, artifact) in outcome.Artifacts.Index())
        {
            session.Execute($"""
                INSERT INTO artifact (job_id, name, seq, position, kind, media_type, sha256, bytes)
                VALUES ({job.Id}, {artifact.Name}, {sequence}, {position}, {artifact.Kind}, {artifact.MediaType}, {artifact.Sha256}, {artifact.Bytes})
                """);
        }

        return sequence;
    }

    private static void AddSnapshot(SqlSession session, HeldJob job, ArtifactReference snapshot, int step)
    {
        session.Execute($"DELETE FROM job_snapshot WHERE job_id = {job.Id} AND step = {step}");
        session.Execute($"""
            INSERT INTO job_snapshot (job_id, step, outcomes, epoch, name, kind, media_type, sha256, bytes)
            SELECT id, {step}, outcomes, {job.Epoch}, {snapshot.Name}, {snapshot.Kind}, {snapshot.MediaType}, {snapshot.Sha256}, {snapshot.Bytes} FROM job WHERE id = {job.Id}
            """);
        session.Execute($"""
            DELETE FROM job_snapshot
            WHERE job_id = {job.Id} AND id NOT IN (SELECT id FROM job_snapshot WHERE job_id = {job.Id} ORDER BY id DESC LIMIT {SnapshotsKept})
              AND NOT ({job.Scheduled} AND step IN (SELECT step FROM job_outcome WHERE job_id = {job.Id} AND kind = {OutcomeKinds.Checkpoint}))
            """);
        session.Execute($"UPDATE job SET attempts = attempts - 1, committed = TRUE WHERE id = {job.Id} AND NOT committed");
    }

    private static JobFailure? FindConflict(SqlSession session, long jobId, string key, JobCommitRecord commit)
    {
        foreach (var outcome in commit.Outcomes)
        {
            var stored = session.Find($"SELECT hash FROM job_outcome WHERE job_id = {jobId} AND kind = {outcome.Kind} AND step = {outcome.Step}", row => row.Text(0));
            if (stored is not null && stored != JobCommitRules.Hash(outcome))
            {
                return JobCommitRules.OtherBytes(key, outcome);
            }

            if (stored is null && outcome.Artifacts.FirstOrDefault(artifact => session.Scalar($"SELECT 1 FROM artifact WHERE job_id = {jobId} AND name = {artifact.Name}") is not null) is { } taken)
            {
                return JobCommitRules.NameTaken(key, taken);
            }
        }

        return null;
    }

    /// <summary>The collector may have taken a blob whose writer waited too long before this commit.</summary>
    private static void CheckBlobs(SqlSession session, JobCommitRecord commit, DateTimeOffset now)
    {
        var hashes = JobCommitRules.References(commit).Select(reference => reference.Sha256).ToList();
        var gone = hashes.Count == 0 ? null : SqlBlobLedger.Keep(session, hashes, now);
        if (gone is not null)
        {
            throw JobCommitRules.Collected(gone);
        }
    }
}
