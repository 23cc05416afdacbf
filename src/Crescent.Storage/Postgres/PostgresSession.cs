using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Globalization;
using Crescent.Storage.Sql;
using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>Statements on one PostgreSQL connection. Npgsql prepares a statement when it comes for the second time, and keeps it with the connection.</summary>
internal sealed class PostgresSession(NpgsqlConnection connection) : SqlSession(connection)
{
    private const string Savepoint = "one_write";

    private static readonly ConcurrentDictionary<string, string> Texts = new(StringComparer.Ordinal);

    private NpgsqlTransaction? transaction;

    internal override bool InTransaction => transaction is not null && !IsBroken;

    internal override bool IsBroken => connection.State != ConnectionState.Open;

    public override void Lock(string name) => Execute($"SELECT pg_advisory_xact_lock(hashtextextended({name}, 0))");

    internal override bool TableExists(string name) => Scalar($"SELECT to_regclass({name}) IS NOT NULL") == 1;

    // Neither this nor Save costs a round trip: Npgsql sends them with the next statement.
    internal override void Begin() => transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);

    internal override void Save() => transaction!.Save(Savepoint);

    internal override void Undo() => transaction!.Rollback(Savepoint);

    internal override void Release() => transaction!.Release(Savepoint);

    internal override void Commit()
    {
        transaction!.Commit();
        transaction = null;
    }

    internal override void Rollback()
    {
        transaction!.Rollback();
        transaction = null;
    }

    /// <summary>A transaction that sees one state and cannot write; ended by <see cref="Run"/> of COMMIT, or with the session.</summary>
    internal void BeginRead() => Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

    internal override Exception Translate(Exception error) => error is NpgsqlException postgres ? StorageErrors.Of(postgres) : error;

    /// <remarks>A unique key that another process took first is no error of the statement: the next try sees its row.</remarks>
    internal override bool MayRunAgain(Exception error, bool committing) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
    }
    || (IsBroken && !committing && error is NpgsqlException);

    private protected override DbCommand Bind(FormattableString sql)
    {
        var command = new NpgsqlCommand(Texts.GetOrAdd(sql.Format, Text, sql), connection);
        foreach (var argument in sql.GetArguments())
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Value(argument) });
        }

        return command;
    }

    protected override void Dispose(bool disposing)
    {
        transaction?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Row locks stand in comments, since SQLite, which has one writer, knows none.</summary>
    private static string Text(string format, FormattableString sql) => string.Format(
        CultureInfo.InvariantCulture,
        format.Replace("/*FOR UPDATE*/", "FOR UPDATE", StringComparison.Ordinal).Replace("/*FOR UPDATE SKIP LOCKED*/", "FOR UPDATE SKIP LOCKED", StringComparison.Ordinal),
        [.. sql.GetArguments().Select((argument, i) => Value(argument) is Array ? $"(SELECT unnest(${i + 1}))" : $"${i + 1}")]);

    private static object Value(object? argument) => argument switch
    {
        bool flag => flag,
        IReadOnlyCollection<string> list => list.ToArray(),
        IReadOnlyCollection<long> list => list.ToArray(),
        IReadOnlyCollection<int> list => list.ToArray(),
        _ => Plain(argument),
    };
}
