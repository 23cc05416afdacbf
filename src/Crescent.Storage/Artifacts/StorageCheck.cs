using Crescent.Storage.Sql;

namespace Crescent.Storage.Artifacts;

/// <summary>Something in storage that is not as it should be.</summary>
/// <param name="Problem"><c>missing</c>, <c>damaged</c>: what a row refers to is not there, or has other bytes; <c>orphaned</c>: a blob that no table knows; <c>event-gap</c>: a log whose events are not numbered 1, 2, ...</param>
/// <param name="Subject">Hash of the blob, or id of the experiment.</param>
/// <param name="What">Whose it is: <c>sft/checkpoint-300.safetensors</c> of a run, <c>snapshot at step 40</c> of a job.</param>
public sealed record StorageFinding(string Problem, string Subject, string What, long Bytes);

/// <param name="Verified">Blobs that are there with the bytes that their hash says.</param>
/// <param name="Expired">Artifacts whose blob was deleted by the rules of retention.</param>
/// <param name="Collectable">Blobs that wait for the collector.</param>
public sealed record StorageReport(int Verified, long VerifiedBytes, int Expired, int Collectable, long CollectableBytes, int Experiments, IReadOnlyList<StorageFinding> Findings)
{
    public bool IsSound => Findings.Count == 0;
}

/// <summary>Compares the catalog, the snapshots and the ledger with what the blob store holds, byte for byte, and the event logs with their numbering. Changes nothing; may run beside everything else.</summary>
public sealed class StorageCheck(SqlDatabase database, IBlobStore blobs, IBlobListing listing, BlobCollector collector)
{
    public async Task<StorageReport> RunAsync(CancellationToken cancellation = default)
    {
        // The store is listed first: a blob that is written later has no row yet, and none that a row refers to is overlooked.
        var stored = await ListAsync(cancellation);
        var references = await ReferencesAsync(cancellation);
        List<StorageFinding> findings = [];
        var (verified, bytes) = (0, 0L);
        foreach (var reference in references)
        {
            if (await blobs.VerifyAsync(reference.Sha256, cancellation))
            {
                (verified, bytes) = (verified + 1, bytes + reference.Bytes);
            }
            else
            {
                findings.Add(new StorageFinding(stored.ContainsKey(reference.Sha256) ? "damaged" : "missing", reference.Sha256, reference.What, reference.Bytes));
            }
        }

        var (expired, broken) = await StillReferredToAsync(findings, cancellation);
        var orphans = await OrphansAsync(stored.Values, cancellation);
        var waiting = await collector.PreviewAsync(cancellation);
        var (experiments, gaps) = await database.ReadAsync(EventGaps, cancellation);
        return new StorageReport(
            verified, bytes, expired, waiting.Count, waiting.Sum(blob => blob.Bytes), experiments,
            [.. broken, .. orphans.Select(blob => new StorageFinding("orphaned", blob.Name, "no table knows it", blob.Bytes)), .. gaps]);
    }

    /// <summary>Blobs in the store that no table knows, and that the collector may therefore have.</summary>
    public async Task<IReadOnlyList<Collectable>> OrphansAsync(CancellationToken cancellation = default)
    {
        var stored = await ListAsync(cancellation);
        return [.. (await OrphansAsync(stored.Values, cancellation)).Where(blob => BlobNames.IsValid(blob.Name)).Select(blob => new Collectable(blob.Name, blob.Bytes, null, "orphaned"))];
    }

    private async Task<Dictionary<string, StoredBlob>> ListAsync(CancellationToken cancellation)
    {
        var stored = new Dictionary<string, StoredBlob>(StringComparer.Ordinal);
        await foreach (var blob in listing.ListAsync(cancellation))
        {
            stored[blob.Name] = blob;
        }

        return stored;
    }

    /// <summary>Every blob that a row refers to, once.</summary>
    private Task<List<Reference>> ReferencesAsync(CancellationToken cancellation) => database.ReadAsync(
        session => session.Query(
            $"""
            SELECT a.sha256, a.bytes, j.kind, a.name FROM artifact a JOIN job j ON j.id = a.job_id
            UNION ALL
            SELECT s.sha256, s.bytes, j.kind, s.name FROM job_snapshot s JOIN job j ON j.id = s.job_id
            """,
            row => new Reference(row.Text(0), row.Large(1), $"{row.Text(2)}: {row.Text(3)}")).DistinctBy(reference => reference.Sha256).ToList(),
        cancellation);

    /// <summary>Leaves out rows that have gone meanwhile, and counts apart what retention has deleted.</summary>
    private async Task<(int Expired, IReadOnlyList<StorageFinding> Broken)> StillReferredToAsync(List<StorageFinding> findings, CancellationToken cancellation)
    {
        if (findings.Count == 0)
        {
            return (0, findings);
        }

        var now = (await ReferencesAsync(cancellation)).Select(reference => reference.Sha256).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> missing = [.. findings.Select(finding => finding.Subject)];
        var deleted = (await database.ReadAsync(session => session.Query($"SELECT sha256 FROM blob WHERE sha256 IN {missing} AND state <> 'live'", row => row.Text(0)), cancellation)).ToHashSet(StringComparer.Ordinal);
        return (findings.Count(finding => now.Contains(finding.Subject) && deleted.Contains(finding.Subject)), [.. findings.Where(finding => now.Contains(finding.Subject) && !deleted.Contains(finding.Subject))]);
    }

    private async Task<IReadOnlyList<StoredBlob>> OrphansAsync(IReadOnlyCollection<StoredBlob> stored, CancellationToken cancellation)
    {
        // Read after the store was listed: a blob is in the ledger before it is in the store.
        var known = (await database.ReadAsync(session => session.Query($"SELECT sha256 FROM blob WHERE state <> 'deleted' UNION SELECT sha256 FROM artifact UNION SELECT sha256 FROM job_snapshot", row => row.Text(0)), cancellation)).ToHashSet(StringComparer.Ordinal);
        return [.. stored.Where(blob => !known.Contains(blob.Name)).OrderBy(blob => blob.Name, StringComparer.Ordinal)];
    }

    private static (int Experiments, IReadOnlyList<StorageFinding> Gaps) EventGaps(SqlSession session)
    {
        var broken = session.Query(
            $"""
            SELECT e.id, e.last_seq, count(v.seq), coalesce(max(v.seq), 0) FROM experiment e LEFT JOIN experiment_event v ON v.experiment_id = e.id
            GROUP BY e.id, e.last_seq HAVING count(v.seq) <> coalesce(max(v.seq), 0) OR e.last_seq <> coalesce(max(v.seq), 0) ORDER BY e.id
            """,
            row => new StorageFinding("event-gap", row.Text(0), $"{row.Large(2)} events up to number {row.Large(3)}; its row reflects {row.Large(1)}", 0));
        return ((int)(session.Scalar($"SELECT count(*) FROM experiment") ?? 0), broken);
    }

    private sealed record Reference(string Sha256, long Bytes, string What);
}
