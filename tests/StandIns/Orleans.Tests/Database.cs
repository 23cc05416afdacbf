using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Crescent.StandIns.Orleans.Tests;

/// <summary>A SQLite file with the Orleans schema; gone after the test.</summary>
internal sealed class Database : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crescent-orleans-").FullName;

    public Database()
    {
        using var script = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream("orleans-sqlite.sql")!);
        Execute(script.ReadToEnd());
    }

    public string ConnectionString => $"Data Source={Path.Combine(_folder, "orleans.db")};Pooling=False";

    public void AddStorage(ISiloBuilder silo) => silo.AddAdoNetGrainStorage("store", Configure);

    public void AddReminders(ISiloBuilder silo) => silo.UseAdoNetReminderService((AdoNetReminderTableOptions options) =>
    {
        options.Invariant = "System.Data.SQLite";
        options.ConnectionString = ConnectionString;
    });

    public object? Execute(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Configure(AdoNetGrainStorageOptions options)
    {
        options.Invariant = "System.Data.SQLite";
        options.ConnectionString = ConnectionString;
        options.GrainStorageSerializer = new Json();
    }

    private sealed class Json : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

        public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span);
    }
}
