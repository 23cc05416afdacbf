using System.Collections.Concurrent;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>
/// Which job is next. Jobs that the scheduler cannot tell apart but by priority and age share a lane, and a claim looks at the head of each lane that has queued jobs: its cost grows with the lanes in use, not with the jobs that wait.
/// </summary>
public partial class SqlJobQueue
{
    // Rows of lanes are never deleted nor changed.
    private readonly ConcurrentDictionary<JobLane, long> lanes = new();

    public async Task LimitStudyAsync(string study, int? maxRunning, CancellationToken cancellation = default)
    {
        JobLane.CheckLimit(study, maxRunning);
        await database.WriteAsync(
            session => maxRunning is { } limit
                ? session.Execute($"INSERT INTO job_study (study, max_running) VALUES ({study}, {limit}) ON CONFLICT (study) DO UPDATE SET max_running = excluded.max_running")
                : session.Execute($"DELETE FROM job_study WHERE study = {study}"),
            cancellation);
    }

    public async Task<JobWait?> ExplainWaitAsync(string key, CancellationToken cancellation = default)
    {
        var now = clock.GetUtcNow();
        var queued = await database.ReadAsync(session => FindQueued(session, key), cancellation);
        return queued is null ? null : JobWait.Of(queued, await WorkersAsync(cancellation), now);
    }

    private static (long Id, JobClaim Claim)? FindBest(SqlSession session, WorkerIdentity worker, DateTimeOffset now)
    {
        var can = worker.Capabilities;
        return session.FindValue(
            $"""
            WITH RECURSIVE waiting (lane_id) AS (
                SELECT min(lane_id) FROM job WHERE phase = 'queued'
                UNION ALL
                SELECT (SELECT min(lane_id) FROM job WHERE phase = 'queued' AND lane_id > waiting.lane_id) FROM waiting WHERE waiting.lane_id IS NOT NULL
            ),
            running (study, jobs) AS (SELECT l.study, count(*) FROM job JOIN job_lane l ON l.id = job.lane_id WHERE job.phase = 'running' GROUP BY l.study),
            head (job_id, jobs) AS (
                SELECT (SELECT job.id FROM job WHERE job.lane_id = l.id AND job.phase = 'queued' AND job.not_before <= {now} ORDER BY job.priority DESC, job.id LIMIT 1), coalesce(r.jobs, 0)
                FROM waiting JOIN job_lane l ON l.id = waiting.lane_id LEFT JOIN running r ON r.study = l.study LEFT JOIN job_study s ON s.study = l.study
                WHERE l.code_hash = {worker.CodeHash} AND l.kind IN {worker.Kinds}
                  AND (l.engine = '' OR l.engine IN {can.Engines}) AND l.memory_mib <= {can.MemoryMiB}
                  AND (l.accelerator = '' OR l.accelerator IN {can.Accelerators})
                  AND (l.labels = '[]' OR NOT EXISTS (SELECT 1 FROM job_lane_label b WHERE b.lane_id = l.id AND b.label NOT IN {can.Labels}))
                  AND (s.max_running IS NULL OR coalesce(r.jobs, 0) < s.max_running)
            )
            SELECT job.id, job.key, job.kind, job.spec, job.inputs, job.epoch + 1, job.scheduled FROM head JOIN job ON job.id = head.job_id ORDER BY job.priority DESC, head.jobs, job.id LIMIT 1
            """,
            row => (row.Large(0), new JobClaim(row.Text(1), row.Text(2), row.Text(3), row.Json<Dictionary<string, string>>(4), worker.Name, row.Large(5), null, null) { Schedule = Unread(row.Flag(6)) }));
    }

    private static QueuedJob? FindQueued(SqlSession session, string key) => session.Find(
        $"""
        SELECT l.kind, l.code_hash, l.engine, l.memory_mib, l.accelerator, l.labels, job.not_before, l.study, s.max_running,
               (SELECT count(*) FROM job r JOIN job_lane rl ON rl.id = r.lane_id WHERE r.phase = 'running' AND rl.study = l.study)
        FROM job JOIN job_lane l ON l.id = job.lane_id LEFT JOIN job_study s ON s.study = l.study WHERE job.key = {key} AND job.phase = 'queued'
        """,
        row => new QueuedJob(
            row.Text(0), row.Text(1), new JobRequirements(JobLane.NullIfEmpty(row.Text(2)), row.Number(3), JobLane.NullIfEmpty(row.Text(4))) { Labels = row.Json<List<string>>(5) }, row.Time(6), JobLane.NullIfEmpty(row.Text(7)),
            StudyRunning: row.Number(9), StudyLimit: row.NumberOrNull(8)));

    private async Task<long> LaneIdAsync(JobLane lane, CancellationToken cancellation)
    {
        if (!lanes.TryGetValue(lane, out var id))
        {
            id = await database.WriteAsync(session => LaneId(session, lane), cancellation);
            lanes.TryAdd(lane, id);
        }

        return id;
    }

    /// <summary>The lane's id, without remembering it: the transaction that makes the lane may yet fail.</summary>
    private static long LaneId(SqlSession session, JobLane lane)
    {
        if (Find() is { } known)
        {
            return known;
        }

        var made = session.Scalar($"""
            INSERT INTO job_lane (code_hash, kind, study, engine, memory_mib, accelerator, labels)
            VALUES ({lane.CodeHash}, {lane.Kind}, {lane.Study}, {lane.Engine}, {lane.MemoryMiB}, {lane.Accelerator}, {lane.Labels}) ON CONFLICT DO NOTHING RETURNING id
            """);
        foreach (var label in made is null ? [] : JobJson.Read<List<string>>(lane.Labels))
        {
            session.Execute($"INSERT INTO job_lane_label (lane_id, label) VALUES ({made}, {label})");
        }

        return made ?? Find()!.Value;

        long? Find() => session.Scalar($"""
            SELECT id FROM job_lane
            WHERE code_hash = {lane.CodeHash} AND kind = {lane.Kind} AND study = {lane.Study} AND engine = {lane.Engine} AND memory_mib = {lane.MemoryMiB} AND accelerator = {lane.Accelerator} AND labels = {lane.Labels}
            """);
    }
}
