using Crescent.Storage.Sql;

namespace Crescent.Storage.Experiments;

/// <summary>Submits, and appends of the experiment's grain.</summary>
public sealed partial class SqlExperimentStore
{
    public Task<ExperimentRow> CreateAsync(ExperimentRow experiment, string spec, IdempotencyKey? key, CancellationToken cancellation = default) =>
        database.WriteAsync(session => Create(session, experiment, spec, key), cancellation);

    public Task AppendAsync(ExperimentRow experiment, IReadOnlyList<RunRow> runs, IReadOnlyList<ExperimentEvent> events, CancellationToken cancellation = default) =>
        database.WriteAsync(session => Append(session, experiment, runs, events), cancellation);

    private static ExperimentRow Create(SqlSession session, ExperimentRow experiment, string spec, IdempotencyKey? key)
    {
        if (key is not null && SqlExperimentRequests.FindKey(session, key) is { } earlier)
        {
            return Find(session, earlier.ExperimentId)!;
        }

        if (Find(session, experiment.Id) is { } existing)
        {
            return existing.SpecHash == experiment.SpecHash && existing.CreatedAt == experiment.CreatedAt && key is null
                ? existing
                : throw new CrescentException("experiment-exists", $"Experiment {experiment.Id} exists already. Choose another id.");
        }

        session.Execute($"INSERT INTO spec (hash, json) VALUES ({experiment.SpecHash}, {spec}) ON CONFLICT DO NOTHING");
        session.Execute($"""
            INSERT INTO experiment (id, name, question, spec_hash, phase, created_at, started_at, finished_at, error, last_seq, origin, study)
            VALUES ({experiment.Id}, {experiment.Name}, {experiment.Question}, {experiment.SpecHash}, {experiment.Phase}, {experiment.CreatedAt}, {experiment.StartedAt}, {experiment.FinishedAt}, {experiment.Error}, {experiment.LastSequence}, {experiment.Origin}, {experiment.Study})
            """);
        if (key is not null)
        {
            SqlExperimentRequests.Take(session, key, experiment.Id, request: null);
        }

        return experiment;
    }

    private static void Append(SqlSession session, ExperimentRow experiment, IReadOnlyList<RunRow> runs, IReadOnlyList<ExperimentEvent> events)
    {
        if (Find(session, experiment.Id) is null)
        {
            throw new CrescentException("experiment-unknown", $"Experiment {experiment.Id} is not stored. Submit it first.");
        }

        var last = session.Scalar($"SELECT max(seq) FROM experiment_event WHERE experiment_id = {experiment.Id}") ?? 0;
        foreach (var entry in events.Where(entry => entry.Sequence > last))
        {
            if (entry.Sequence != last + 1)
            {
                throw new CrescentException("event-gap", $"Event {entry.Sequence} of experiment {experiment.Id} follows event {last}; events are numbered without gaps.");
            }

            session.Execute($"INSERT INTO experiment_event (experiment_id, seq, type, at, payload) VALUES ({experiment.Id}, {entry.Sequence}, {entry.Type}, {entry.At}, {entry.Payload})");
            last = entry.Sequence;
        }

        session.Execute($"""
            UPDATE experiment
            SET name = {experiment.Name}, question = {experiment.Question}, spec_hash = {experiment.SpecHash}, phase = {experiment.Phase}, started_at = {experiment.StartedAt}, finished_at = {experiment.FinishedAt}, error = {experiment.Error}, last_seq = {experiment.LastSequence}
            WHERE id = {experiment.Id} AND last_seq < {experiment.LastSequence}
            """);
        foreach (var run in runs)
        {
            session.Execute($"""
                INSERT INTO run (run_id, experiment_id, position, kind, title, phase, job_key, cached, summary, error, started_at, finished_at, last_seq)
                VALUES ({run.RunId}, {experiment.Id}, {run.Order}, {run.Kind}, {run.Title}, {run.Phase}, {run.JobKey}, {run.Cached}, {run.Summary}, {run.Error}, {run.StartedAt}, {run.FinishedAt}, {experiment.LastSequence})
                ON CONFLICT (run_id) DO UPDATE SET
                    position = excluded.position, kind = excluded.kind, title = excluded.title, phase = excluded.phase, job_key = excluded.job_key, cached = excluded.cached, summary = excluded.summary,
                    error = excluded.error, started_at = excluded.started_at, finished_at = excluded.finished_at, last_seq = excluded.last_seq
                WHERE run.last_seq < excluded.last_seq
                """);
        }
    }
}
