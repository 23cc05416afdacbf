using System.Data.Common;
using System.Text.Json;
using Crescent.Backends;
using Microsoft.Data.Sqlite;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Crescent.StandIns.Orleans.Tests;

public enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>An empty database with the Orleans schema; gone after the test.</summary>
internal sealed class Database : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crescent-orleans-").FullName;
    private readonly PostgresServer? _server;
    private readonly string _name = "";

    public Database(DatabaseKind kind)
    {
        if (kind == DatabaseKind.Postgres)
        {
            _server = PostgresServer.SharedAsync().GetAwaiter().GetResult();
            _name = _server.CreateDatabaseAsync().GetAwaiter().GetResult();
        }

        using var script = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream(_server is null ? "orleans-sqlite.sql" : "orleans-postgres.sql")!);
        Execute(script.ReadToEnd());
    }

    public string Invariant => _server is null ? "System.Data.SQLite" : "Npgsql";

    public string ConnectionString => _server?.ConnectionString(_name) ?? $"Data Source={Path.Combine(_folder, "orleans.db")};Pooling=False";

    public void AddStorage(ISiloBuilder silo) => silo.AddAdoNetGrainStorage("store", Configure);

    public void AddReminders(ISiloBuilder silo) => silo.UseAdoNetReminderService((AdoNetReminderTableOptions options) =>
    {
        options.Invariant = Invariant;
        options.ConnectionString = ConnectionString;
    });

    /// <summary>Text as an SQL expression for its bytes.</summary>
    public string Bytes(string text) => _server is null ? $"CAST('{text}' AS BLOB)" : $"convert_to('{text}', 'UTF8')";

    public object? Execute(string sql)
    {
        using var connection = Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        _server?.DropDatabaseAsync(_name).GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private DbConnection Connect() => _server is null ? new SqliteConnection(ConnectionString) : new NpgsqlConnection(ConnectionString);

    private void Configure(AdoNetGrainStorageOptions options)
    {
        options.Invariant = Invariant;
        options.ConnectionString = ConnectionString;
        options.GrainStorageSerializer = new Json();
    }

    private sealed class Json : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

        public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span);
    }
}
