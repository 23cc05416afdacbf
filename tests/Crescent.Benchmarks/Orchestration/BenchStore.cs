using Crescent.Backends;
using Crescent.Storage.Hosting;
using Microsoft.Data.Sqlite;
using Quartz;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>An empty place for durable data, for Crescent or for its peer, with the same settings for both.</summary>
internal abstract class BenchStore : IAsyncDisposable
{
    /// <summary>Of Crescent's blobs and, on SQLite, of the database.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("crescent-bench-").FullName;

    /// <summary>Makes Crescent use it.</summary>
    public abstract void Configure(StorageOptions options);

    /// <summary>Makes Quartz use it.</summary>
    public abstract void Configure(IPersistentStoreBuilder store);

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Write-ahead log and a flush of the disk at each commit (<c>synchronous=FULL</c>, the default of a connection): what Quartz gets from the connection string, and Crescent by its setting.</summary>
internal sealed class SqliteStore : BenchStore
{
    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path.Combine(Folder, "quartz.db"), DefaultTimeout = 30 }.ToString();

    public override void Configure(StorageOptions options)
    {
        options.DataFolder = Folder;
        options.FlushEveryCommit = true;
    }

    public override void Configure(IPersistentStoreBuilder store)
    {
        // The journal's mode is a property of the file.
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        command.ExecuteNonQuery();
        store.UseSqlite(ConnectionString);
    }

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        return base.DisposeAsync();
    }
}

/// <summary>A database of a server on this machine with PostgreSQL's own durability settings (<c>fsync</c> and <c>synchronous_commit</c> on).</summary>
internal sealed class PostgresStore(PostgresServer server, string name) : BenchStore
{
    public static async Task<PostgresStore> CreateAsync(PostgresServer server) => new(server, await server.CreateDatabaseAsync());

    public override void Configure(StorageOptions options)
    {
        options.DataFolder = Folder;
        options.Database = StorageOptions.PostgreSql;
        options.Postgres = new PostgresOptions { ConnectionString = server.ConnectionString(name) };
    }

    public override void Configure(IPersistentStoreBuilder store) => store.UsePostgres(server.ConnectionString(name));

    public override async ValueTask DisposeAsync()
    {
        await server.DropDatabaseAsync(name);
        await base.DisposeAsync();
    }
}
