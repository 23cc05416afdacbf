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

/// <summary>An empty database of its own for one test: a file in the data folder, or a database in the shared PostgreSQL cluster, copied from one whose tables are made already. May be opened several times, as several processes do on PostgreSQL.</summary>
internal sealed class TestDatabase(DatabaseKind kind, DataFolder folder)
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplateAsync);
    private static readonly SemaphoreSlim Copying = new(1);

    private readonly PostgresServer? server = kind == DatabaseKind.Postgres ? Wait(PostgresServer.SharedAsync()) : null;
    private string? name;

    /// <summary>Of the database on PostgreSQL. It goes with its cluster.</summary>
    public string ConnectionString => server!.ConnectionString(name ??= Wait(CopyAsync(server)));

    public SqlDatabase Open(TimeProvider clock) => kind == DatabaseKind.Postgres ? PostgresDatabase.Open(ConnectionString, clock: clock) : SqliteDatabase.Open(folder.DatabasePath, clock: clock);

    private static async Task<string> MakeTemplateAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var template = await server.CreateDatabaseAsync();
        PostgresDatabase.Open(server.ConnectionString(template) + ";Pooling=false").Dispose();
        return template;
    }

    private static async Task<string> CopyAsync(PostgresServer server)
    {
        var (template, copy) = (await Template.Value, $"test_{Guid.NewGuid():n}");
        await Copying.WaitAsync();
        try
        {
            await server.ExecuteAsync($"CREATE DATABASE {copy} TEMPLATE {template}");
        }
        finally
        {
            Copying.Release();
        }

        return copy;
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
