using Crescent.Storage.Sql;
using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>
/// One PostgreSQL database that any number of processes share: a dedicated writer thread with group commit in each, and pooled connections for reads. A write that has returned is as safe as the server's <c>synchronous_commit</c> makes it; by default on its disk.
/// </summary>
public sealed class PostgresDatabase : SqlDatabase
{
    private const int Readers = 8;

    private readonly GroupWriter writer;
    private readonly PostgresNotifier notifier;
    private readonly PostgresListener listener;
    private readonly SemaphoreSlim readerSlots = new(Readers);

    private PostgresDatabase(NpgsqlDataSource source, string connectionString, TimeProvider clock)
    {
        Source = source;
        writer = new GroupWriter("crescent-postgres-writer", OpenSession(source), () => OpenSession(source), Announce);
        notifier = new PostgresNotifier(source);
        listener = new PostgresListener(connectionString, notifier.Sender, Hints, clock);
        ServerClock = new ServerClock(source, clock);
    }

    /// <summary>Its scripts.</summary>
    internal static Schema Schema { get; } = new("postgres/");

    /// <summary>The pool of connections, for who needs PostgreSQL itself.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>The time that every process on this database goes by.</summary>
    public TimeProvider ServerClock { get; }

    /// <summary>Connects, and makes or migrates the tables: safe from several processes at once.</summary>
    /// <param name="connectionString">Of a role that may read and write the tables.</param>
    /// <param name="migrationConnectionString">Of the role that owns the tables; null: the same.</param>
    /// <exception cref="CrescentException">
    /// <c>options-invalid</c>: a connection string is malformed. <c>storage-credentials</c>, <c>storage-forbidden</c>, <c>database-missing</c>, <c>schema-newer</c>, <c>schema-older</c>; retryable: <c>storage-unavailable</c>, <c>storage-busy</c>, <c>storage-full</c>.
    /// </exception>
    public static PostgresDatabase Open(string connectionString, string? migrationConnectionString = null, TimeProvider? clock = null)
    {
        Prepare(migrationConnectionString ?? connectionString, session => Schema.Migrate(session, clock ?? TimeProvider.System));
        return Connect(connectionString, clock);
    }

    /// <summary>Connects to a database whose tables another process makes and migrates; this one changes rows only.</summary>
    /// <exception cref="CrescentException"><c>data-folder-not-ready</c> (retryable): its tables are older than this version's. Otherwise as <see cref="Open"/>.</exception>
    public static PostgresDatabase Join(string connectionString, TimeProvider? clock = null)
    {
        Prepare(connectionString, Schema.Require);
        return Connect(connectionString, clock);
    }

    private static PostgresDatabase Connect(string connectionString, TimeProvider? clock)
    {
        var source = PostgresConnections.Source(connectionString);
        try
        {
            return new PostgresDatabase(source, connectionString, clock ?? TimeProvider.System);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public override Task<T> WriteAsync<T>(Func<SqlSession, T> write, CancellationToken cancellation = default) => writer.RunAsync(write, cancellation);

    public override async Task<T> ReadAsync<T>(Func<SqlSession, T> read, CancellationToken cancellation = default)
    {
        await readerSlots.WaitAsync(cancellation);
        try
        {
            // Statements block their thread: not the caller's, which may be a grain's.
            return await Task.Run(() => Read(read), CancellationToken.None);
        }
        finally
        {
            readerSlots.Release();
        }
    }

    public override IDisposable Listen(string channel, Action hint)
    {
        var subscription = base.Listen(channel, hint);
        listener.Start();
        return subscription;
    }

    internal override void Announce(string channel)
    {
        base.Announce(channel);
        notifier.Send(channel);
    }

    protected override void Dispose(bool disposing)
    {
        listener.Dispose();
        writer.Dispose();
        notifier.Dispose();
        readerSlots.Dispose();
        Source.Dispose();
    }

    private static void Prepare(string connectionString, Action<SqlSession> prepare)
    {
        using var source = PostgresConnections.Source(connectionString, pooled: false);
        using var session = OpenSession(source);
        try
        {
            prepare(session);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new CrescentException(
                "schema-older",
                $"The database has an older schema than {Schema.Version}, which this version of Crescent needs, and the role may not change it: {e.MessageText}. Name the owner of the tables in Crescent:Storage:Postgres:MigrationConnectionString.",
                inner: e);
        }
        catch (NpgsqlException e)
        {
            throw StorageErrors.Of(e);
        }
    }

    private static PostgresSession OpenSession(NpgsqlDataSource source)
    {
        try
        {
            return new PostgresSession(source.OpenConnection());
        }
        catch (NpgsqlException e)
        {
            throw StorageErrors.Of(e);
        }
    }

    /// <summary>A read is harmless to repeat: one that met a connection that had died in the pool gets a second.</summary>
    private T Read<T>(Func<SqlSession, T> read)
    {
        for (var first = true; ; first = false)
        {
            using var session = OpenSession(Source);
            try
            {
                session.BeginRead();
                var result = read(session);
                session.Run("COMMIT");
                return result;
            }
            catch (NpgsqlException e) when (!first || !session.MayRunAgain(e, committing: false))
            {
                throw StorageErrors.Of(e);
            }
            catch (NpgsqlException)
            {
                // Once more, on another connection.
            }
        }
    }
}
