using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Crescent.Chaos.Cluster;

/// <summary>SQLite in the data folder: it lives and dies with the processes.</summary>
internal sealed class SqliteChaosDatabase(string dataFolder) : IChaosDatabase
{
    public string Name => "sqlite";

    public IReadOnlyList<string> Settings => [];

    public IReadOnlyList<(string Name, Func<Task> Act)> Faults => [];

    public DbConnection Connect() => new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataFolder, "crescent.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
