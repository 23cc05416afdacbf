using System.Data.Common;
using Crescent.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crescent.Storage.GrainState;

/// <summary>
/// The one connection to the file of grain state, lent to one caller at a time; Orleans asks for one for every read and write, and disposes of it after. Callers wait in line for it: connections of their own would meet at the file's lock,
/// where SQLite has whoever comes late sleep, longer each time, on a thread of the pool. It stays open in between: the last connection to close folds the log into the file and flushes it.
/// </summary>
internal sealed class SqliteGrainState : GrainStateSource
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private SqliteConnection? shared;

    private SqliteGrainState(string path)
    {
        ConnectionString = SqliteConnections.Text(path);
        shared = Connect();
    }

    public override string Invariant => OrleansSchema.SqliteInvariant;

    public override string ConnectionString { get; }

    /// <summary>Makes the file ready (see <see cref="OrleansSchema"/>) and opens it.</summary>
    public static SqliteGrainState Open(DataFolder folder)
    {
        OrleansSchema.Prepare(folder);
        return new SqliteGrainState(folder.GrainStatePath);
    }

    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    protected override DbConnection OpenDbConnection()
    {
        turn.Wait();
        return Lend();
    }

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        return Lend();
    }

    /// <summary>Waits for who has the connection. The semaphore is not disposed of: it holds nothing but memory, and a late call is to find out by the closed file.</summary>
    protected override void Dispose(bool disposing)
    {
        turn.Wait();
        shared?.Dispose();
        turn.Release();
        base.Dispose(disposing);
    }

    private LentConnection Lend()
    {
        try
        {
            return new LentConnection(shared ??= Connect(), TakeBack);
        }
        catch
        {
            turn.Release();
            throw;
        }
    }

    private void TakeBack(SqliteConnection connection)
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            // A transaction was left open: the next user must not inherit it.
            connection.Dispose();
            shared = null;
        }

        turn.Release();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            SqliteConnections.Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000; PRAGMA wal_autocheckpoint = 4000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
