using Microsoft.Data.Sqlite;

namespace Crescent.Storage.Sqlite;

/// <summary>How every connection to a database file is set up. Connections are not pooled: one that is kept open is faster, and a pooled one could carry an unfinished transaction to its next user.</summary>
internal static class SqliteConnections
{
    public static string Text(string path, SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString();

    public static SqliteConnection OpenWriter(string path, bool flushEveryCommit, bool create = true)
    {
        var connection = new SqliteConnection(Text(path, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite));
        connection.Open();
        Run(connection, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {(flushEveryCommit ? "FULL" : "NORMAL")}; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 30000; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;");
        return connection;
    }

    public static SqliteConnection OpenReader(string path)
    {
        var connection = new SqliteConnection(Text(path, SqliteOpenMode.ReadOnly));
        connection.Open();
        Run(connection, "PRAGMA busy_timeout = 30000; PRAGMA query_only = ON;");
        return connection;
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements of this assembly only; values never pass through here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
