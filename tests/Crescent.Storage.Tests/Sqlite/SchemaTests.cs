using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Crescent.Storage.Tests.Sqlite;

/// <summary>What an earlier version has written is read on.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task Open_JobsOfSchema1_GoOn()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "crescent.db");
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = Script("0001-initial") + """
                ;CREATE TABLE schema_version (version INTEGER PRIMARY KEY, script TEXT NOT NULL, applied_at INTEGER NOT NULL);
                INSERT INTO schema_version VALUES (1, 'sqlite/0001-initial.sql', 0);
                INSERT INTO job (key, kind, spec, inputs, code_hash, max_attempts, phase, subscribers, not_before, created_at) VALUES ('k1', 'sft', '{"n":1}', '{}', 'code', 3, 'queued', 1, 0, 0);
                INSERT INTO job (key, kind, spec, inputs, code_hash, max_attempts, phase, subscribers, not_before, created_at) VALUES ('k2', 'spectra', '{"n":2}', '{}', 'code', 3, 'queued', 1, 0, 0);
                INSERT INTO job_subscription (run_id, job_id, priority, active, hit) VALUES ('e1/sft', 1, 0, 1, 0), ('e1/spectra', 2, 0, 1, 0);
                """;
            command.ExecuteNonQuery();
        }

        using var database = SqliteDatabase.Open(path);
        var queue = new SqlJobQueue(database, new FolderBlobStore(Path.Combine(folder.Path, "blobs"), DateTimeOffset.UnixEpoch), TimeProvider.System);

        var claims = new[] { await ClaimAsync(), await ClaimAsync(), await ClaimAsync() };

        Assert.Equal(["k1", "k2", null], claims.Select(claim => claim?.Key));
        await queue.FailAsync(claims[0]!, new JobFailure("x", "y", Retryable: true));
        Assert.Equal(JobPhase.Queued, (await queue.FindAsync("k1"))!.Phase);

        Task<JobClaim?> ClaimAsync() => queue.ClaimAsync(TestStorage.Worker(), TestStorage.Lease);
    }

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(SqliteDatabase).Assembly.GetManifestResourceStream($"sqlite/{name}")!);
        return reader.ReadToEnd();
    }
}
