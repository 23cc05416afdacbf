using Crescent.Storage.Hosting;
using Microsoft.Data.Sqlite;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>A place for durable data of its own: a folder, with SQLite in it.</summary>
internal abstract class BenchStore : IAsyncDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("crescent-bench-").FullName;

    public abstract string Name { get; }

    /// <summary>Makes Crescent use it.</summary>
    public abstract void Configure(StorageOptions options);

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Write-ahead log, and a flush of the disk at each commit: what a connection of Microsoft.Data.Sqlite does by default, so that both sides have the same.</summary>
internal sealed class SqliteStore : BenchStore
{
    public override string Name => "sqlite";

    /// <summary>For the peer.</summary>
    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path.Combine(Folder, "quartz.db"), DefaultTimeout = 30 }.ToString();

    public override void Configure(StorageOptions options)
    {
        options.DataFolder = Folder;
        options.FlushEveryCommit = true;
    }

    /// <summary>The journal's mode is a property of the file.</summary>
    public void UseWriteAheadLog()
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        command.ExecuteNonQuery();
    }

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        return base.DisposeAsync();
    }
}
