using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Crescent.Storage.GrainState;

/// <summary>An open connection that goes back to its owner, open, when its user disposes of it; the user cannot reach it any more then.</summary>
internal sealed class LentConnection(SqliteConnection lent, Action<SqliteConnection> giveBack) : DbConnection
{
    private SqliteConnection? inner = lent;

    [AllowNull]
    public override string ConnectionString
    {
        get => Inner.ConnectionString;
        set => throw new NotSupportedException("The connection is another's.");
    }

    public override string Database => Inner.Database;

    public override string DataSource => Inner.DataSource;

    public override string ServerVersion => Inner.ServerVersion;

    public override ConnectionState State => inner?.State ?? ConnectionState.Closed;

    private SqliteConnection Inner => inner ?? throw new ObjectDisposedException(nameof(LentConnection));

    public override void ChangeDatabase(string databaseName) => Inner.ChangeDatabase(databaseName);

    public override void Open()
    {
        // It is open as long as it is lent.
        _ = Inner;
    }

    public override void Close()
    {
        if (Interlocked.Exchange(ref inner, null) is { } connection)
        {
            giveBack(connection);
        }
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => Inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => Inner.CreateCommand();

    protected override void Dispose(bool disposing)
    {
        Close();
        base.Dispose(disposing);
    }
}
