using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Artifacts;

/// <summary>A blob that may be deleted.</summary>
/// <param name="Name">Of the artifact or snapshot that it is, or was.</param>
/// <param name="Reason"><c>unreferenced</c>, <c>snapshot-expired</c>, <c>checkpoint-expired</c>, <c>unfinished-deletion</c>, <c>orphaned</c>.</param>
public sealed record Collectable(string Sha256, long Bytes, string? Name, string Reason)
{
    /// <summary>
    /// Blobs that nothing needs: no artifact, unless it is a checkpoint past its retention; no snapshot, unless past its own. What an unfinished experiment's runs subscribe to, start from, name in their spec or were forked from is needed whatever its age.
    /// </summary>
    internal static IReadOnlyList<Collectable> Find(SqlSession session, DateTimeOffset now, RetentionCutoffs cutoffs, int limit)
    {
        var (snapshots, snapshotsBefore) = (cutoffs.Snapshots is not null, cutoffs.Snapshots ?? DateTimeOffset.MinValue);
        var (checkpoints, checkpointsBefore) = (cutoffs.Checkpoints is not null, cutoffs.Checkpoints ?? DateTimeOffset.MinValue);
        return session.Query(
            $"""
            SELECT b.sha256, b.bytes, b.state, (SELECT min(a.name) FROM artifact a WHERE a.sha256 = b.sha256), (SELECT min(s.name) FROM job_snapshot s WHERE s.sha256 = b.sha256)
            FROM blob b
            WHERE b.reserved_until <= {now} AND (b.state = 'deleting' OR (b.state = 'live'
                AND NOT EXISTS (
                    SELECT 1 FROM artifact a WHERE a.sha256 = b.sha256 AND NOT ({checkpoints} AND a.kind = {ArtifactKinds.Checkpoint}
                        AND EXISTS (SELECT 1 FROM job j WHERE j.id = a.job_id AND j.phase IN ('succeeded', 'failed', 'parked'))
                        AND NOT EXISTS (
                            SELECT 1 FROM job_subscription u LEFT JOIN run r ON r.run_id = u.run_id LEFT JOIN experiment e ON e.id = r.experiment_id
                            WHERE u.job_id = a.job_id AND (e.id IS NULL OR e.finished_at IS NULL OR e.finished_at > {checkpointsBefore}))
                        AND NOT EXISTS (SELECT 1 FROM job j WHERE j.phase IN ('queued', 'running', 'parked') AND j.inputs LIKE '%' || b.sha256 || '%')
                        AND NOT EXISTS (
                            SELECT 1 FROM experiment e JOIN spec p ON p.hash = e.spec_hash
                            WHERE e.finished_at IS NULL AND (p.json LIKE '%' || b.sha256 || '%' OR e.origin LIKE '%' || b.sha256 || '%'))))
                AND NOT EXISTS (
                    SELECT 1 FROM job_snapshot s WHERE s.sha256 = b.sha256 AND NOT ({snapshots}
                        AND EXISTS (SELECT 1 FROM job j WHERE j.id = s.job_id AND j.phase IN ('succeeded', 'failed', 'parked'))
                        AND NOT EXISTS (
                            SELECT 1 FROM job_subscription u LEFT JOIN run r ON r.run_id = u.run_id LEFT JOIN experiment e ON e.id = r.experiment_id
                            WHERE u.job_id = s.job_id AND (e.id IS NULL OR e.finished_at IS NULL OR e.finished_at > {snapshotsBefore}))))))
            ORDER BY b.sha256
            LIMIT {limit}
            """,
            row => new Collectable(row.Text(0), row.Large(1), row.TextOrNull(3) ?? row.TextOrNull(4), Why(row)));
    }

    private static string Why(SqlRow row) => row.Text(2) == "deleting" ? "unfinished-deletion"
        : row.TextOrNull(3) is not null ? "checkpoint-expired"
        : row.TextOrNull(4) is not null ? "snapshot-expired"
        : "unreferenced";
}
