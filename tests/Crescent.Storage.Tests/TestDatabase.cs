using Crescent.Backends;
using Crescent.Storage.Postgres;
using Crescent.Storage.Sql;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Tests;

public enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>An empty database of its own for one test: a file in the data folder, or a database in the shared PostgreSQL cluster. May be opened several times, as several processes do on PostgreSQL.</summary>
internal sealed class TestDatabase(DatabaseKind kind, DataFolder folder) : IDisposable
{
    private readonly PostgresServer? server = kind == DatabaseKind.Postgres ? Wait(PostgresServer.SharedAsync()) : null;
    private string? name;

    /// <summary>Of the database on PostgreSQL.</summary>
    public string ConnectionString => server!.ConnectionString(name ??= Wait(server.CreateDatabaseAsync()));

    public SqlDatabase Open(TimeProvider clock) => kind == DatabaseKind.Postgres ? PostgresDatabase.Open(ConnectionString, clock: clock) : SqliteDatabase.Open(folder.DatabasePath, clock: clock);

    public void Dispose()
    {
        if (name is not null)
        {
            Wait(server!.DropDatabaseAsync(name));
        }
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
