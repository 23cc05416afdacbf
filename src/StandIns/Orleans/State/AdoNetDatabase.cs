using System.Data.Common;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A database reached by Orleans's provider names, with its queries in the table OrleansQuery.</summary>
internal sealed class AdoNetDatabase
{
    /// <summary>Orleans's invariant names, and the factory behind each. The one for SQLite is named after another library than the one it loads.</summary>
    private static readonly Dictionary<string, string> Factories = new(StringComparer.Ordinal)
    {
        ["System.Data.SQLite"] = "Microsoft.Data.Sqlite.SqliteFactory, Microsoft.Data.Sqlite",
        ["Npgsql"] = "Npgsql.NpgsqlFactory, Npgsql",
    };

    private readonly Func<CancellationToken, ValueTask<DbConnection>> _open;

    public AdoNetDatabase(string invariant, string? connectionString, DbDataSource? source)
    {
        if (!Factories.TryGetValue(invariant, out var factoryName))
        {
            throw new OrleansConfigurationException($"Invariant \"{invariant}\" is not one of those that this runtime knows: {string.Join(", ", Factories.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (source is not null)
        {
            _open = source.OpenConnectionAsync;
            return;
        }

        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new OrleansConfigurationException("ConnectionString is empty: give the AdoNet options a ConnectionString or a DataSource.");
        }

        var type = Type.GetType(factoryName) ?? throw new OrleansConfigurationException($"{factoryName} could not be loaded: reference the package that holds it.");
        var factory = (DbProviderFactory)type.GetField("Instance")!.GetValue(null)!;
        _open = async cancellation =>
        {
            var connection = factory.CreateConnection()!;
            connection.ConnectionString = connectionString;
            await connection.OpenAsync(cancellation);
            return connection;
        };
    }

    public static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
    }

    public async Task<Dictionary<string, string>> QueriesAsync(params string[] required)
    {
        var rows = await ReadAsync("SELECT QueryKey, QueryText FROM OrleansQuery", _ => { }, reader => KeyValuePair.Create(reader.GetString(0), reader.GetString(1)));
        var queries = new Dictionary<string, string>(rows);
        var missing = required.Where(key => !queries.ContainsKey(key)).ToList();
        return missing.Count == 0 ? queries : throw new OrleansConfigurationException($"Not all required queries found. Missing are: {string.Join(",", missing)}. Run the Orleans script of the schema.");
    }

    /// <summary>All rows of all result sets.</summary>
    public async Task<List<T>> ReadAsync<T>(string sql, Action<DbCommand> configure, Func<DbDataReader, T> select)
    {
        await using var connection = await _open(CancellationToken.None);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text comes from the schema's own table of queries.
        command.CommandText = sql;
#pragma warning restore CA2100
        configure(command);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        do
        {
            while (await reader.ReadAsync())
            {
                rows.Add(select(reader));
            }
        }
        while (await reader.NextResultAsync());
        return rows;
    }
}
