using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>Checkpoints that subscribers want of a job, and what becomes of a job that has reached its end without some of them.</summary>
public partial class SqlJobQueue
{
    /// <summary>The schedule of a claim before <see cref="Place"/> has read it.</summary>
    private protected static CheckpointSchedule? Unread(bool scheduled) => scheduled ? CheckpointSchedule.None : null;

    /// <summary>Notes the steps that a run wants. They are only ever added to, so that a call that comes late takes nothing back.</summary>
    private static void Want(SqlSession session, long jobId, string runId, IReadOnlyList<int> steps)
    {
        foreach (var step in steps)
        {
            session.Execute($"INSERT INTO job_wanted (job_id, run_id, step) VALUES ({jobId}, {runId}, {step}) ON CONFLICT DO NOTHING");
        }
    }

    /// <summary>Gives a fresh claim its schedule, and the snapshot that fits it. Null when the lease has expired meanwhile.</summary>
    private JobClaim? Place(SqlSession session, JobClaim claim)
    {
        if (HeldJob.Find(session, claim.Key) is not { } job || !job.IsHeldBy(claim, clock.GetUtcNow()))
        {
            return null;
        }

        var placed = WithSnapshot(session, job.Id, claim);
        if (placed.SnapshotStep != claim.SnapshotStep)
        {
            NoteStart(session, job, placed);
        }

        return placed;
    }

    /// <summary>What the running attempt is to know.</summary>
    private static CheckpointSchedule ScheduleOf(SqlSession session, HeldJob job) =>
        JobSchedule.Read(session, job.Id).From((int)(session.Scalar(
            $"SELECT coalesce((SELECT s.step FROM job_snapshot s WHERE s.job_id = job.id AND s.epoch = {job.Epoch} ORDER BY s.id DESC LIMIT 1), resumed_from, 0) FROM job WHERE id = {job.Id}") ?? 0));

    /// <summary>After a commit to a job with a schedule: ends the attempt where nothing is missing any more, or where it has reached the end and what is missing lies behind it.</summary>
    private static CommitAnswer Settle(SqlSession session, HeldJob job, bool completes, DateTimeOffset now)
    {
        var met = JobSchedule.Read(session, job.Id).IsMet;
        if (met || completes)
        {
            GiveBack(session, job.Id, now, now);
            EndAttempt(session, job.Id, job.Epoch, completes ? "succeeded" : "replayed", null, now);
        }

        return new CommitAnswer(met || completes, ScheduleOf(session, job));
    }

    /// <summary>A waiting job that has reached its end succeeds where nothing is missing, or nobody misses it any more: who has its outcomes keeps them, and who comes next finds them.</summary>
    private static void SucceedIfMet(SqlSession session, long jobId, DateTimeOffset now)
    {
        if (session.Scalar($"SELECT 1 FROM job WHERE id = {jobId} AND scheduled AND phase IN ('queued', 'parked')") is not null && JobSchedule.Read(session, jobId).IsMet)
        {
            session.Execute($"UPDATE job SET phase = 'succeeded', finished_at = {now} WHERE id = {jobId}");
        }
    }
}
