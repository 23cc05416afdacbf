using System.Data.Common;
using Crescent.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Crescent.Storage.GrainState;

/// <summary>
/// Connections to the file of grain state; Orleans opens one for every read and write. One more stays open all the time: the last connection to close folds the log into the file and flushes it,
/// and without it every write of every grain would pay for that.
/// </summary>
internal sealed class SqliteGrainState : GrainStateSource
{
    private readonly SqliteConnection anchor;

    private SqliteGrainState(string path)
    {
        ConnectionString = SqliteConnections.Text(path);
        anchor = SqliteConnections.OpenWriter(path, flushEveryCommit: false);
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
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            SqliteConnections.Run(connection, "PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 30000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite's asynchronous calls block anyway; this one goes the same way as the other.
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(OpenDbConnection());

    protected override void Dispose(bool disposing)
    {
        anchor.Dispose();
        base.Dispose(disposing);
    }
}
