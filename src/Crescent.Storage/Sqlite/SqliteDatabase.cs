using System.Collections.Concurrent;
using Crescent.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Crescent.Storage.Sqlite;

/// <summary>
/// One SQLite file: a dedicated writer thread with group commit, and a few read-only connections beside it. A write that has returned survives the death of the process (its pages are with the kernel);
/// the last ones before a power failure survive it only with <c>flushEveryCommit</c>. The file is never left half-written by either.
/// </summary>
public sealed class SqliteDatabase : SqlDatabase
{
    private const int Readers = 4;

    private readonly string path;
    private readonly GroupWriter writer;
    private readonly ConcurrentBag<SqliteSession> idleReaders = [];
    private readonly SemaphoreSlim readerSlots = new(Readers);

    private SqliteDatabase(string path, SqliteSession session, Func<SqliteSession> open)
    {
        this.path = path;
        writer = new GroupWriter("crescent-sqlite-writer", session, open, Announce);
    }

    /// <summary>Its scripts.</summary>
    internal static Schema Schema { get; } = new("sqlite/");

    /// <summary>Opens the file, making or migrating its tables.</summary>
    /// <exception cref="CrescentException"><c>schema-newer</c>: a later version of Crescent has written it. <c>storage-damaged</c>, <c>storage-unavailable</c>, <c>storage-full</c>.</exception>
    public static SqliteDatabase Open(string path, bool flushEveryCommit = false, TimeProvider? clock = null) =>
        Open(path, flushEveryCommit, create: true, session => Schema.Migrate(session, clock ?? TimeProvider.System));

    /// <summary>Opens a file whose tables another process makes and migrates; this one changes rows only.</summary>
    /// <exception cref="CrescentException"><c>data-folder-not-ready</c> (retryable): its tables are older than this version's. <c>schema-newer</c>, and as <see cref="Open(string, bool, TimeProvider?)"/>.</exception>
    public static SqliteDatabase Join(string path, bool flushEveryCommit = false) => Open(path, flushEveryCommit, create: false, Schema.Require);

    private static SqliteDatabase Open(string path, bool flushEveryCommit, bool create, Action<SqlSession> prepare)
    {
        try
        {
            var session = OpenSession();
            try
            {
                prepare(session);
                return new SqliteDatabase(path, session, OpenSession);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw StorageErrors.Of(e);
        }

        SqliteSession OpenSession() => new(SqliteConnections.OpenWriter(path, flushEveryCommit, create));
    }

    public override Task<T> WriteAsync<T>(Func<SqlSession, T> write, CancellationToken cancellation = default) => writer.RunAsync(write, cancellation);

    public override async Task<T> ReadAsync<T>(Func<SqlSession, T> read, CancellationToken cancellation = default)
    {
        await readerSlots.WaitAsync(cancellation);
        try
        {
            // SQLite's calls block: off the caller's thread, which may be a grain's.
            return await Task.Run(() => Read(read), CancellationToken.None);
        }
        catch (SqliteException e)
        {
            throw StorageErrors.Of(e);
        }
        finally
        {
            readerSlots.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        writer.Dispose();
        while (idleReaders.TryTake(out var session))
        {
            session.Dispose();
        }

        readerSlots.Dispose();
    }

    private T Read<T>(Func<SqlSession, T> read)
    {
        if (!idleReaders.TryTake(out var session))
        {
            session = new SqliteSession(SqliteConnections.OpenReader(path));
        }

        try
        {
            session.Execute($"BEGIN");
            var result = read(session);
            session.Execute($"COMMIT");
            idleReaders.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
