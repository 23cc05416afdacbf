using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Jobs;

/// <summary>A worker's durable write.</summary>
public sealed partial class SqliteJobQueue
{
    private const int MaxPayloadBytes = 64 * 1024;
    private const int SnapshotsKept = 2;

    public async Task CommitAsync(JobClaim claim, JobCommitRecord commit, CancellationToken cancellation = default)
    {
        Check(commit);
        var conflict = await database.WriteAsync(session => Commit(session, claim, commit), cancellation);
        if (conflict is not null)
        {
            throw new CrescentException(conflict.Code, conflict.Message, conflict.Retryable);
        }
    }

    /// <summary>Returns the failure that it has stored when an outcome came again with other bytes.</summary>
    private JobFailure? Commit(SqliteSession session, JobClaim claim, JobCommitRecord commit)
    {
        var now = clock.GetUtcNow();
        var job = Guard(session, claim, now);
        CheckBlobs(session, commit);
        if (FindConflict(session, job, commit) is { } conflict)
        {
            EndAttempt(session, job, "failed", $"{conflict.Code}: {conflict.Message}", now);
            FailJob(session, job, conflict, now);
            return conflict;
        }

        var outcomes = commit.Outcomes.Aggregate(job.Outcomes, (count, outcome) => AddOutcome(session, job, count, outcome, now));
        session.Execute($"UPDATE job SET outcomes = {outcomes} WHERE id = {job.Id}");
        RefreshDeliverable(session, job.Id);
        AddMetrics(session, job.Id, commit.Metrics);
        if (commit.Snapshot is { } snapshot)
        {
            AddSnapshot(session, job, snapshot, commit.Step);
        }

        if (commit.Outcomes.Any(outcome => outcome.Kind == OutcomeKinds.Completed))
        {
            EndAttempt(session, job, "succeeded", null, now);
            session.Execute($"UPDATE job SET phase = 'succeeded', owner = NULL, lease_until = NULL, resumed_from = NULL, finished_at = {now} WHERE id = {job.Id}");
        }

        RefreshPending(session, job.Id);
        return null;
    }

    /// <summary>Returns the number of outcomes after it.</summary>
    private static int AddOutcome(SqliteSession session, JobRow job, int count, JobOutcomeRecord outcome, DateTimeOffset now)
    {
        if (session.Execute($"UPDATE job_outcome SET withheld = 0 WHERE job_id = {job.Id} AND kind = {outcome.Kind} AND step = {outcome.Step}") > 0)
        {
            return count;
        }

        var sequence = count + 1;
        session.Execute($"""
            INSERT INTO job_outcome (job_id, seq, kind, step, payload, hash, epoch, committed_at)
            VALUES ({job.Id}, {sequence}, {outcome.Kind}, {outcome.Step}, {outcome.Payload}, {Hash(outcome)}, {job.Epoch}, {now})
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

    private static void AddSnapshot(SqliteSession session, JobRow job, ArtifactReference snapshot, int step)
    {
        session.Execute($"DELETE FROM job_snapshot WHERE job_id = {job.Id} AND step = {step}");
        session.Execute($"""
            INSERT INTO job_snapshot (job_id, step, outcomes, epoch, name, kind, media_type, sha256, bytes)
            SELECT id, {step}, outcomes, {job.Epoch}, {snapshot.Name}, {snapshot.Kind}, {snapshot.MediaType}, {snapshot.Sha256}, {snapshot.Bytes} FROM job WHERE id = {job.Id}
            """);
        session.Execute($"DELETE FROM job_snapshot WHERE job_id = {job.Id} AND id NOT IN (SELECT id FROM job_snapshot WHERE job_id = {job.Id} ORDER BY id DESC LIMIT {SnapshotsKept})");
        session.Execute($"UPDATE job SET attempts = attempts - 1, committed = 1 WHERE id = {job.Id} AND NOT committed");
    }

    private static JobFailure? FindConflict(SqliteSession session, JobRow job, JobCommitRecord commit)
    {
        foreach (var outcome in commit.Outcomes)
        {
            var stored = session.Find($"SELECT hash FROM job_outcome WHERE job_id = {job.Id} AND kind = {outcome.Kind} AND step = {outcome.Step}", row => row.Text(0));
            if (stored is not null && stored != Hash(outcome))
            {
                return new JobFailure("not-deterministic", $"Outcome {outcome.Kind} at step {outcome.Step} of job {job.Key} came again with other bytes: the same spec and inputs gave two results.", Retryable: false);
            }

            if (stored is null && outcome.Artifacts.FirstOrDefault(artifact => session.Scalar($"SELECT 1 FROM artifact WHERE job_id = {job.Id} AND name = {artifact.Name}") is not null) is { } taken)
            {
                return new JobFailure("not-deterministic", $"Artifact {taken.Name} of job {job.Key} belongs to an earlier outcome already; artifact names are unique in a job.", Retryable: false);
            }
        }

        return null;
    }

    /// <summary>The collector may have taken a blob whose writer waited too long before this commit.</summary>
    private static void CheckBlobs(SqliteSession session, JobCommitRecord commit)
    {
        var hashes = References(commit).Select(reference => reference.Sha256);
        var gone = session.Find($"SELECT sha256 FROM blob WHERE sha256 IN (SELECT value FROM json_each({JobJson.Write(hashes)})) AND state <> 'live'", row => row.Text(0));
        if (gone is not null)
        {
            throw new CrescentException("artifact-missing", $"Blob {gone} was collected before it was committed; write it again.", retryable: true);
        }
    }

    private static void Check(JobCommitRecord commit)
    {
        foreach (var reference in References(commit))
        {
            Require(reference.Name.Length is > 0 and <= 200 && reference.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'), $"artifact name '{reference.Name}' has other characters than letters, digits, '.', '-', '_'");
            Require(BlobNames.IsValid(reference.Sha256), $"artifact {reference.Name} has a malformed hash '{reference.Sha256}'");
        }

        foreach (var outcome in commit.Outcomes)
        {
            Require(Encoding.UTF8.GetByteCount(outcome.Payload) <= MaxPayloadBytes, $"the payload of outcome {outcome.Kind} at step {outcome.Step} is over {MaxPayloadBytes} bytes; put large data into an artifact");
        }

        var repeated = commit.Outcomes.GroupBy(outcome => (outcome.Kind, outcome.Step)).FirstOrDefault(group => group.Count() > 1);
        Require(repeated is null, $"outcome {repeated?.Key.Kind} at step {repeated?.Key.Step} stands twice in one commit");
        var names = commit.Outcomes.SelectMany(outcome => outcome.Artifacts).GroupBy(artifact => artifact.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Require(names is null, $"artifact {names?.Key} stands twice in one commit");

        static void Require(bool condition, string problem)
        {
            if (!condition)
            {
                throw new CrescentException("commit-invalid", $"The commit is refused: {problem}.");
            }
        }
    }

    private static IEnumerable<ArtifactReference> References(JobCommitRecord commit) =>
        commit.Outcomes.SelectMany(outcome => outcome.Artifacts).Concat(commit.Snapshot is { } snapshot ? [snapshot] : []);

    private static string Hash(JobOutcomeRecord outcome) => JobJson.Hash(JobJson.Write(outcome));
}
