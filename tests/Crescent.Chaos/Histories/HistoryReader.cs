using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;

namespace Crescent.Chaos.Histories;

/// <summary>Reads what a cluster has left, by plain SQL and plain file reads: none of the code that wrote it is trusted to read it.</summary>
internal static class HistoryReader
{
    /// <summary>The tables, in one transaction: they agree with each other even while the cluster writes.</summary>
    public static async Task<History> ReadAsync(DbConnection connection)
    {
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
        return new History
        {
            Experiments = await QueryAsync(connection, "SELECT id, phase, last_seq FROM experiment ORDER BY id", row => new ExperimentFact(Text(row, 0), Text(row, 1), Large(row, 2))),
            Events = await QueryAsync(connection, "SELECT experiment_id, seq, type, payload FROM experiment_event ORDER BY experiment_id, seq", row => new EventFact(Text(row, 0), Large(row, 1), Text(row, 2), Text(row, 3))),
            Runs = await QueryAsync(connection, "SELECT run_id, experiment_id, kind, phase, job_key FROM run ORDER BY run_id", row => new RunFact(Text(row, 0), Text(row, 1), Text(row, 2), Text(row, 3), TextOrNull(row, 4))),
            Jobs = await JobsAsync(connection),
            Attempts = await QueryAsync(connection, "SELECT job_id, epoch, owner, ending FROM job_attempt ORDER BY job_id, epoch", row => new AttemptFact(Large(row, 0), Large(row, 1), Text(row, 2), TextOrNull(row, 3))),
            Outcomes = await QueryAsync(connection, "SELECT id, job_id, seq, kind, step, epoch FROM job_outcome ORDER BY id", row =>
                new OutcomeFact(Large(row, 0), Large(row, 1), (int)Large(row, 2), Text(row, 3), (int)Large(row, 4), Large(row, 5))),
            Artifacts = await ArtifactsAsync(connection),
            Subscriptions = await QueryAsync(connection, "SELECT run_id, job_id, active, acknowledged, pending FROM job_subscription ORDER BY run_id", row =>
                new SubscriptionFact(Text(row, 0), Large(row, 1), Flag(row, 2), (int)Large(row, 3), Flag(row, 4))),
        };
    }

    public static async Task<IReadOnlyList<JobFact>> JobsAsync(DbConnection connection) => await QueryAsync(connection, "SELECT id, key, kind, phase, epoch, owner, lease_until, outcomes, scheduled FROM job ORDER BY id", row =>
        new JobFact(Large(row, 0), Text(row, 1), Text(row, 2), Text(row, 3), Large(row, 4), TextOrNull(row, 5), row.IsDBNull(6) ? null : Large(row, 6), (int)Large(row, 7), Flag(row, 8)));

    public static async Task<IReadOnlyList<ArtifactFact>> ArtifactsAsync(DbConnection connection) =>
    [
        .. await QueryAsync(connection, "SELECT job_id, seq, name, kind, sha256 FROM artifact ORDER BY job_id, seq, position", row => new ArtifactFact(Large(row, 0), (int)Large(row, 1), Text(row, 2), Text(row, 3), Text(row, 4), false)),
        .. await QueryAsync(connection, "SELECT job_id, step, name, kind, sha256 FROM job_snapshot ORDER BY id", row => new ArtifactFact(Large(row, 0), (int)Large(row, 1), Text(row, 2), Text(row, 3), Text(row, 4), true)),
    ];

    /// <summary>Blobs that rows refer to and that are not as they should be.</summary>
    /// <param name="thorough">True: reads every byte; false: looks whether the file is there.</param>
    public static Dictionary<string, string> BadBlobs(IEnumerable<ArtifactFact> artifacts, string blobFolder, bool thorough) => artifacts
        .Select(artifact => artifact.Sha256)
        .Distinct(StringComparer.Ordinal)
        .Select(sha256 => (Sha256: sha256, Problem: Problem(sha256, blobFolder, thorough)))
        .Where(blob => blob.Problem is not null)
        .ToDictionary(blob => blob.Sha256, blob => blob.Problem!);

    private static string? Problem(string sha256, string folder, bool thorough)
    {
        var path = Path.Combine(folder, sha256[..2], sha256[2..4], sha256);
        if (!File.Exists(path))
        {
            return "missing";
        }

        return thorough && Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) != sha256 ? "damaged" : null;
    }

    private static async Task<List<T>> QueryAsync<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this class only.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string Text(DbDataReader row, int column) => row.GetString(column);

    private static string? TextOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long Large(DbDataReader row, int column) => Convert.ToInt64(row.GetValue(column), CultureInfo.InvariantCulture);

    private static bool Flag(DbDataReader row, int column) => Convert.ToBoolean(row.GetValue(column), CultureInfo.InvariantCulture);
}
