namespace Crescent.Storage.Sql;

/// <summary>
/// The database under the stores: SQLite for one machine, PostgreSQL for many. Statements in the SQL that both understand run on either; where they differ, <see cref="SqlSession"/> hides it.
/// </summary>
public abstract class SqlDatabase : IDisposable
{
    private readonly HintHub hints = new();

    internal HintHub Hints => hints;

    /// <summary>
    /// Runs <paramref name="write"/> as a transaction: all of it or, when it throws, nothing. It may share its commit with other writes, and may run again when the database undid it (a deadlock, a connection lost before the commit):
    /// it must change nothing but the database, and must not wait for anything. Other processes may write at the same time on PostgreSQL (read committed): guard by conditions of the changing statement, unique keys, or <see cref="SqlSession.Lock"/>.
    /// </summary>
    /// <exception cref="CrescentException">Retryable when a repeat may succeed; after a connection was lost in a commit nobody knows whether the write is there, so repeats must be harmless.</exception>
    public abstract Task<T> WriteAsync<T>(Func<SqlSession, T> write, CancellationToken cancellation = default);

    public Task WriteAsync(Action<SqlSession> write, CancellationToken cancellation = default) =>
        WriteAsync(
            session =>
            {
                write(session);
                return true;
            },
            cancellation);

    /// <summary>Runs <paramref name="read"/> on one consistent state, which holds every write of this process that had returned before. It may run again and cannot write.</summary>
    public abstract Task<T> ReadAsync<T>(Func<SqlSession, T> read, CancellationToken cancellation = default);

    /// <summary>
    /// Calls <paramref name="hint"/> after writes that gave a <see cref="SqlSession.Hint"/> on the channel, of any process on PostgreSQL, of this one on SQLite. Several may come as one; one can be lost, come twice, or come though nothing has happened, so hints only shorten waits on top of a poll.
    /// The call must be quick and must not throw.
    /// </summary>
    /// <returns>Ends the subscription when disposed.</returns>
    public virtual IDisposable Listen(string channel, Action hint) => hints.Subscribe(channel, hint);

    /// <summary>Gives the hint to who listens, for a write that is committed already.</summary>
    internal virtual void Announce(string channel) => hints.Publish(channel);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
