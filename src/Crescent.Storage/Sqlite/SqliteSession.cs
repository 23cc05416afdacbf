using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Crescent.Storage.Sqlite;

/// <summary>
/// Statements on one connection, each prepared once and kept. A statement is an interpolated string whose holes become parameters, never text: <c>Execute($"DELETE FROM t WHERE id = {id}")</c>.
/// </summary>
public sealed class SqliteSession : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    internal SqliteSession(SqliteConnection connection) => Connection = connection;

    internal SqliteConnection Connection { get; }

    /// <summary>Rows changed.</summary>
    public int Execute(FormattableString sql) => Bind(sql).ExecuteNonQuery();

    public List<T> Query<T>(FormattableString sql, Func<SqlRow, T> read)
    {
        var rows = new List<T>();
        using var reader = Bind(sql).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(read(new SqlRow(reader)));
        }

        return rows;
    }

    /// <summary>The first row, or null when there is none.</summary>
    public T? Find<T>(FormattableString sql, Func<SqlRow, T> read)
        where T : class
    {
        using var reader = Bind(sql).ExecuteReader();
        return reader.Read() ? read(new SqlRow(reader)) : null;
    }

    /// <summary>As <see cref="Find"/>, for a value type.</summary>
    public T? FindValue<T>(FormattableString sql, Func<SqlRow, T> read)
        where T : struct
    {
        using var reader = Bind(sql).ExecuteReader();
        return reader.Read() ? read(new SqlRow(reader)) : null;
    }

    /// <summary>The first column of the first row; null when there is no row or it is null.</summary>
    public long? Scalar(FormattableString sql) => Bind(sql).ExecuteScalar() is long value ? value : null;

    public void Dispose()
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        Connection.Dispose();
    }

    private SqliteCommand Bind(FormattableString sql)
    {
        if (!prepared.TryGetValue(sql.Format, out var command))
        {
            prepared.Add(sql.Format, command = Prepare(sql));
        }

        for (var i = 0; i < sql.ArgumentCount; i++)
        {
            command.Parameters[i].Value = Value(sql.GetArgument(i));
        }

        return command;
    }

    private SqliteCommand Prepare(FormattableString sql)
    {
        var command = Connection.CreateCommand();
        var names = Enumerable.Range(0, sql.ArgumentCount).Select(i => $"@p{i}").ToArray();
#pragma warning disable CA2100 // The text is a literal of the caller; its holes are parameters.
        command.CommandText = string.Format(CultureInfo.InvariantCulture, sql.Format, names);
#pragma warning restore CA2100
        foreach (var name in names)
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }

        return command;
    }

    private static object Value(object? argument) => argument switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.UtcTicks,
        TimeSpan duration => duration.Ticks,
        bool flag => flag ? 1L : 0L,
        double.NaN => DBNull.Value,
        string or int or long or double => argument,
        _ => throw new ArgumentException($"No SQL form for {argument.GetType().Name}."),
    };
}
