using System.Data.Common;
using System.Globalization;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crescent.Storage.Sqlite;

/// <summary>Statements on one SQLite connection, each prepared once and kept. There is one writer, so <see cref="Lock"/> has nothing to do.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : SqlSession(connection)
{
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    internal override bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    public override void Lock(string name)
    {
    }

    internal override bool TableExists(string name) => Scalar($"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = {name}") is not null;

    internal override void Begin() => Execute($"BEGIN IMMEDIATE");

    internal override void Save() => Execute($"SAVEPOINT one_write");

    internal override void Undo() => Execute($"ROLLBACK TO one_write");

    internal override void Release() => Execute($"RELEASE one_write");

    internal override void Commit() => Execute($"COMMIT");

    internal override void Rollback() => Execute($"ROLLBACK");

    internal override Exception Translate(Exception error) => error is SqliteException sqlite ? StorageErrors.Of(sqlite) : error;

    // The busy timeout has waited already.
    internal override bool MayRunAgain(Exception error, bool committing) => false;

    private protected override DbCommand Bind(FormattableString sql)
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

    protected override void Dispose(bool disposing)
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        base.Dispose(disposing);
    }

    private SqliteCommand Prepare(FormattableString sql)
    {
        var command = connection.CreateCommand();
        var holes = sql.GetArguments().Select((argument, i) => IsList(argument) ? $"(SELECT value FROM json_each(@p{i}))" : $"@p{i}").ToArray();
#pragma warning disable CA2100 // The text is a literal of the caller; its holes are parameters.
        command.CommandText = string.Format(CultureInfo.InvariantCulture, sql.Format, holes);
#pragma warning restore CA2100
        for (var i = 0; i < sql.ArgumentCount; i++)
        {
            command.Parameters.Add(new SqliteParameter($"@p{i}", null));
        }

        return command;
    }

    private static bool IsList(object? argument) => argument is IReadOnlyCollection<string> or IReadOnlyCollection<long> or IReadOnlyCollection<int>;

    private static object Value(object? argument) => argument switch
    {
        bool flag => flag ? 1L : 0L,
        IReadOnlyCollection<string> list => JobJson.Write(list),
        IReadOnlyCollection<long> list => JobJson.Write(list),
        IReadOnlyCollection<int> list => JobJson.Write(list),
        _ => Plain(argument),
    };
}
