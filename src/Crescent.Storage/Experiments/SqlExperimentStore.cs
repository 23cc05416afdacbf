using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Experiments;

/// <summary>Experiments, runs and event log in SQL: the reads. The writes are in <c>SqlExperimentStore.Write.cs</c>.</summary>
public sealed partial class SqlExperimentStore(SqlDatabase database, TimeProvider clock) : IExperimentStore
{
    public async Task<string> ReadSpecAsync(string specHash, CancellationToken cancellation = default) =>
        await database.ReadAsync(session => session.Find($"SELECT json FROM spec WHERE hash = {specHash}", row => row.Text(0)), cancellation)
        ?? throw new CrescentException("spec-unknown", $"No spec with the hash {specHash} is stored.");

    public Task<ExperimentRow?> FindAsync(string experimentId, CancellationToken cancellation = default) => database.ReadAsync(session => Find(session, experimentId), cancellation);

    public async Task<ExperimentPage> ListAsync(int limit, string? cursor, CancellationToken cancellation = default)
    {
        if (limit is < 1 or > 1000)
        {
            throw new CrescentException("limit-invalid", $"limit is {limit}; give 1 to 1000.");
        }

        var after = PageCursor.After(cursor);
        var rows = await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT id, name, question, spec_hash, phase, created_at, started_at, finished_at, error, last_seq, origin, study FROM experiment
                WHERE (created_at, id) < ({after.CreatedAt}, {after.Id})
                ORDER BY created_at DESC, id DESC LIMIT {limit + 1}
                """,
                ReadExperiment),
            cancellation);
        return rows.Count <= limit
            ? new ExperimentPage(rows, null)
            : new ExperimentPage(rows[..limit], new PageCursor(rows[limit - 1].CreatedAt, rows[limit - 1].Id).Write());
    }

    public async Task<IReadOnlyList<RunRow>> RunsAsync(string experimentId, CancellationToken cancellation = default)
    {
        var now = clock.GetUtcNow();
        return await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT run.run_id, experiment_id, position, run.kind, title, run.phase, job_key, cached, summary, error, started_at, finished_at, coalesce(s.hit, FALSE), job_status.*
                FROM run LEFT JOIN job_status ON job_status.key = run.job_key LEFT JOIN job_subscription s ON s.run_id = run.run_id AND s.job_id = job_status.id
                WHERE experiment_id = {experimentId} ORDER BY position, run.run_id
                """,
                row => new RunRow(
                    row.Text(0), row.Text(1), row.Number(2), row.Text(3), row.Text(4), row.Text(5), row.TextOrNull(6), row.Flag(7), row.TextOrNull(8), row.TextOrNull(9), row.TimeOrNull(10), row.TimeOrNull(11),
                    row.NumberOrNull(13) is null ? null : JobRow.Read(row, first: 13).View(row.Flag(12), now))),
            cancellation);
    }

    public async Task<IReadOnlyList<ExperimentEvent>> EventsAsync(string experimentId, long after, int limit, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"SELECT seq, type, at, payload FROM experiment_event WHERE experiment_id = {experimentId} AND seq > {after} ORDER BY seq LIMIT {limit}",
                row => new ExperimentEvent(row.Large(0), row.Text(1), row.Time(2), row.Text(3))),
            cancellation);

    public async Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT id, created_at FROM experiment WHERE phase NOT IN ('succeeded', 'failed', 'cancelled')
                UNION SELECT id, created_at FROM experiment WHERE id IN (SELECT experiment_id FROM experiment_request WHERE settled_at IS NULL)
                ORDER BY 2, 1
                """,
                row => row.Text(0)),
            cancellation);

    public async Task<IReadOnlyList<RunArtifact>> ArtifactsAsync(string experimentId, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT run.run_id, run.kind, o.step, a.name, a.kind, a.media_type, a.sha256, a.bytes
                FROM run JOIN job ON job.key = run.job_key JOIN job_outcome o ON o.job_id = job.id AND o.seq <= job.deliverable JOIN artifact a ON a.job_id = job.id AND a.seq = o.seq
                WHERE run.experiment_id = {experimentId}
                  AND NOT (job.scheduled AND o.kind = {OutcomeKinds.Checkpoint} AND NOT EXISTS (SELECT 1 FROM job_wanted w WHERE w.job_id = job.id AND w.run_id = run.run_id AND w.step = o.step))
                ORDER BY o.id, a.position, run.position
                """,
                row => new RunArtifact(row.Text(0), row.Text(1), row.Number(2), new ArtifactReference(row.Text(3), row.Text(4), row.Text(5), row.Text(6), row.Large(7)))),
            cancellation);

    public async Task<IReadOnlyList<MetricSum>> MetricSumsAsync(string experimentId, IReadOnlyList<string> names, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => names.SelectMany(name => session.Query(
                $"""
                SELECT run.run_id, SUM(metric.value) FROM run JOIN job ON job.key = run.job_key JOIN metric ON metric.job_id = job.id
                WHERE run.experiment_id = {experimentId} AND metric.name = {name} GROUP BY run.run_id ORDER BY run.run_id
                """,
                row => new MetricSum(row.Text(0), name, row.Real(1)))).ToList(),
            cancellation);

    public async Task<IReadOnlyList<MetricPoint>> MetricsAsync(string runId, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"SELECT name, step, value FROM metric WHERE job_id = (SELECT job.id FROM run JOIN job ON job.key = run.job_key WHERE run_id = {runId}) ORDER BY name, step",
                row => new MetricPoint(row.Text(0), row.Number(1), row.Real(2))),
            cancellation);

    private static ExperimentRow? Find(SqlSession session, string experimentId) => session.Find(
        $"SELECT id, name, question, spec_hash, phase, created_at, started_at, finished_at, error, last_seq, origin, study FROM experiment WHERE id = {experimentId}",
        ReadExperiment);

    private static ExperimentRow ReadExperiment(SqlRow row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5), row.TimeOrNull(6), row.TimeOrNull(7), row.TextOrNull(8), row.Large(9), row.TextOrNull(10), row.TextOrNull(11));
}
