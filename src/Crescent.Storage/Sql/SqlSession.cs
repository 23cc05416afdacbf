using System.Data.Common;

namespace Crescent.Storage.Sql;

/// <summary>
/// Statements on one connection. A statement is an interpolated string whose holes become parameters, never text: <c>Execute($"DELETE FROM t WHERE id = {id}")</c>. A hole with a list of strings or numbers stands after IN: <c>WHERE id IN {ids}</c>.
/// <c>/*FOR UPDATE*/</c> and <c>/*FOR UPDATE SKIP LOCKED*/</c> at the end of a SELECT lock its rows on PostgreSQL; one writer needs none.
/// Times are stored as UTC ticks of 100 ns, NaN as null, flags as the dialect's TRUE and FALSE. Where a conflict clause or a subquery sees two rows, qualify columns by their table: PostgreSQL wants it.
/// </summary>
public abstract class SqlSession : IDisposable
{
    private List<string> hints = [];

    private protected SqlSession(DbConnection connection) => Connection = connection;

    internal DbConnection Connection { get; }

    /// <summary>Whether a failed write can be undone alone; false when its failure has ended the whole transaction.</summary>
    internal abstract bool InTransaction { get; }

    /// <summary>The connection is gone: a session that says so serves nobody any more.</summary>
    internal virtual bool IsBroken => false;

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

    /// <summary>The first column of the first row, a whole number or a flag; null when there is no row or it is null.</summary>
    public long? Scalar(FormattableString sql) => Bind(sql).ExecuteScalar() switch
    {
        long value => value,
        int value => value,
        bool value => value ? 1 : 0,
        decimal value => (long)value,
        _ => null,
    };

    /// <summary>Makes other writes that lock the same name wait until this one has ended, in whatever process: for a decision that rests on what was read before, where no row is there to be guarded.</summary>
    public abstract void Lock(string name);

    /// <summary>Wakes who listens to the channel (<see cref="SqlDatabase.Listen"/>) once this write is committed.</summary>
    /// <param name="channel">A constant of lower-case letters and hyphens.</param>
    public void Hint(string channel) => hints.Add(channel);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    internal abstract bool TableExists(string name);

    internal abstract void Begin();

    /// <summary>Marks the start of one write of a group.</summary>
    internal abstract void Save();

    /// <summary>Undoes what came since <see cref="Save"/>.</summary>
    internal abstract void Undo();

    /// <summary>Ends what <see cref="Save"/> began.</summary>
    internal abstract void Release();

    internal abstract void Commit();

    internal abstract void Rollback();

    /// <summary>An environment error as Crescent's; others as they are.</summary>
    internal abstract Exception Translate(Exception error);

    /// <summary>True when the database has certainly undone the transaction and the same write may succeed in a new one.</summary>
    /// <param name="committing">The error came out of a commit, whose outcome a lost connection hides.</param>
    internal abstract bool MayRunAgain(Exception error, bool committing);

    /// <summary>The channels that were given hints since the last call.</summary>
    internal IReadOnlyList<string> TakeHints()
    {
        var taken = hints;
        hints = taken.Count == 0 ? taken : [];
        return taken;
    }

    /// <summary>Runs a script of this assembly: any number of statements, without parameters.</summary>
    internal void Run(string script)
    {
        using var command = Connection.CreateCommand();
#pragma warning disable CA2100 // Statements of this assembly only; values never pass through here.
        command.CommandText = script;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private protected abstract DbCommand Bind(FormattableString sql);

    protected virtual void Dispose(bool disposing) => Connection.Dispose();

    /// <summary>What every dialect stores in the same way; lists are the dialect's own matter.</summary>
    private protected static object Plain(object? argument) => argument switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.UtcTicks,
        TimeSpan duration => duration.Ticks,
        double.NaN => DBNull.Value,
        string or int or long or double => argument,
        _ => throw new ArgumentException($"No SQL form for {argument.GetType().Name}."),
    };
}
