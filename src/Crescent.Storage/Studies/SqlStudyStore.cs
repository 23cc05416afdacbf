using System.Globalization;
using Crescent.Storage.Experiments;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Studies;

/// <summary>Studies in SQL.</summary>
public sealed class SqlStudyStore(SqlDatabase database, TimeProvider clock) : IStudyStore
{
    public Task<StudyRow> CreateAsync(StudyRow study, IReadOnlyList<StudyCellDraft> cells, IdempotencyKey? key, CancellationToken cancellation = default) =>
        database.WriteAsync(session => Create(session, study, cells, key), cancellation);

    public Task ExtendAsync(StudyRow study, IReadOnlyList<StudyCellDraft> cells, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                session.Execute($"""
                    UPDATE study SET question = {study.Question}, document = {study.Document}, max_running = {study.MaxRunning}, max_jobs = {study.MaxJobs}, phase = 'running', finished_at = NULL
                    WHERE id = {study.Id} AND phase NOT IN ('cancelling', 'cancelled')
                    """);
                Add(session, study.Id, cells);
            },
            cancellation);

    public Task<StudyRow?> FindAsync(string studyId, CancellationToken cancellation = default) => database.ReadAsync(session => Find(session, studyId), cancellation);

    public async Task<StudyRowPage> ListAsync(int limit, string? cursor, CancellationToken cancellation = default)
    {
        var after = PageCursor.After(cursor);
        var rows = await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT id, name, question, document, phase, max_running, max_jobs, created_at, finished_at FROM study
                WHERE (created_at, id) < ({after.CreatedAt}, {after.Id})
                ORDER BY created_at DESC, id DESC LIMIT {limit + 1}
                """,
                Read),
            cancellation);
        return rows.Count <= limit ? new StudyRowPage(rows, null) : new StudyRowPage(rows[..limit], new PageCursor(rows[limit - 1].CreatedAt, rows[limit - 1].Id).Write());
    }

    public async Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellation = default) =>
        await database.ReadAsync(session => session.Query($"SELECT id FROM study WHERE phase IN ('running', 'cancelling') ORDER BY created_at, id", row => row.Text(0)), cancellation);

    public async Task<IReadOnlyList<StudyCellRow>> CellsAsync(string studyId, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT c.experiment_id, c.cell, c.seed, c.spec_hash, e.phase, e.error, e.started_at, e.finished_at
                FROM study_cell c LEFT JOIN experiment e ON e.id = c.experiment_id
                WHERE c.study_id = {studyId} ORDER BY c.position
                """,
                row => new StudyCellRow(
                    row.Text(0), row.Text(1), ulong.Parse(row.Text(2), CultureInfo.InvariantCulture), row.Text(3), row.TextOrNull(4), row.TextOrNull(5), row.TimeOrNull(6), row.TimeOrNull(7))),
            cancellation);

    public async Task<IReadOnlyList<StudyRunCounts>> RunCountsAsync(string studyId, CancellationToken cancellation = default) =>
        await database.ReadAsync(
            session => session.Query(
                $"""
                SELECT r.experiment_id, COUNT(*), SUM(CASE WHEN r.phase = 'running' THEN 1 ELSE 0 END), SUM(CASE WHEN r.phase IN ('succeeded', 'failed', 'skipped', 'cancelled') THEN 1 ELSE 0 END),
                       SUM(CASE WHEN r.phase = 'succeeded' AND r.cached THEN 1 ELSE 0 END)
                FROM study_cell c JOIN run r ON r.experiment_id = c.experiment_id
                WHERE c.study_id = {studyId} GROUP BY r.experiment_id
                """,
                row => new StudyRunCounts(row.Text(0), row.Number(1), row.Number(2), row.Number(3), row.Number(4))),
            cancellation);

    public Task MoveAsync(string studyId, string from, string to, CancellationToken cancellation = default)
    {
        DateTimeOffset? finished = to is "running" or "cancelling" ? null : clock.GetUtcNow();
        return database.WriteAsync(session => session.Execute($"UPDATE study SET phase = {to}, finished_at = {finished} WHERE id = {studyId} AND phase = {from}"), cancellation);
    }

    private static StudyRow Create(SqlSession session, StudyRow study, IReadOnlyList<StudyCellDraft> cells, IdempotencyKey? key)
    {
        session.Lock("studies");
        if (key is not null && session.Find($"SELECT study_id, content_hash FROM study_key WHERE key = {key.Key}", row => Tuple.Create(row.Text(0), row.Text(1))) is { } earlier)
        {
            return earlier.Item2 == key.ContentHash
                ? Find(session, earlier.Item1)!
                : throw new CrescentException("idempotency-conflict", $"The idempotency key '{key.Key}' was used for another study ({earlier.Item1}). Use a new key for a new study.");
        }

        session.Execute($"""
            INSERT INTO study (id, name, question, document, phase, max_running, max_jobs, created_at, finished_at)
            VALUES ({study.Id}, {study.Name}, {study.Question}, {study.Document}, {study.Phase}, {study.MaxRunning}, {study.MaxJobs}, {study.CreatedAt}, {study.FinishedAt})
            """);
        Add(session, study.Id, cells);
        if (key is not null)
        {
            session.Execute($"INSERT INTO study_key (key, study_id, content_hash) VALUES ({key.Key}, {study.Id}, {key.ContentHash})");
        }

        return study;
    }

    private static void Add(SqlSession session, string studyId, IReadOnlyList<StudyCellDraft> cells)
    {
        foreach (var (position, cell) in cells.Index())
        {
            session.Execute($"INSERT INTO spec (hash, json) VALUES ({cell.SpecHash}, {cell.Spec}) ON CONFLICT DO NOTHING");
            session.Execute($"""
                INSERT INTO study_cell (study_id, experiment_id, position, cell, seed, spec_hash)
                VALUES ({studyId}, {cell.ExperimentId}, {position}, {cell.Cell}, {cell.Seed.ToString(CultureInfo.InvariantCulture)}, {cell.SpecHash})
                ON CONFLICT (experiment_id) DO UPDATE SET position = excluded.position
                """);
        }
    }

    private static StudyRow? Find(SqlSession session, string studyId) => session.Find(
        $"SELECT id, name, question, document, phase, max_running, max_jobs, created_at, finished_at FROM study WHERE id = {studyId}", Read);

    private static StudyRow Read(SqlRow row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Number(5), row.NumberOrNull(6), row.Time(7), row.TimeOrNull(8));
}
