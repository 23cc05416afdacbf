using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crescent.Storage.Sqlite;

/// <summary>The one thread that writes. Writes that wait share a transaction (group commit); each has its own savepoint, result and error, and returns only after the commit.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxGroup = 256;

    private readonly BlockingCollection<Write> waiting = [];
    private readonly SqliteSession session;
    private readonly Thread thread;

    public SqliteWriter(SqliteSession session)
    {
        this.session = session;
        thread = new Thread(Run) { Name = "crescent-sqlite-writer", IsBackground = true };
        thread.Start();
    }

    public Task<T> RunAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation)
    {
        var write = new Write<T>(work, cancellation);
        try
        {
            waiting.Add(write, CancellationToken.None);
        }
        catch (InvalidOperationException e)
        {
            throw new CrescentException("storage-closed", "The database is closing; no write is taken any more.", retryable: true, e);
        }

        return write.Task;
    }

    /// <summary>Finishes the writes taken so far, then closes.</summary>
    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        waiting.Dispose();
        session.Dispose();
    }

    private void Run()
    {
        var group = new List<Write>(MaxGroup);
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            group.Clear();
            group.Add(first);
            while (group.Count < MaxGroup && waiting.TryTake(out var next))
            {
                group.Add(next);
            }

            Commit(group);
        }
    }

    private void Commit(List<Write> group)
    {
        try
        {
            session.Execute($"BEGIN IMMEDIATE");
            foreach (var write in group)
            {
                Apply(write);
            }

            session.Execute($"COMMIT");
        }
        catch (Exception e)
        {
            if (InTransaction)
            {
                session.Execute($"ROLLBACK");
            }

            var error = e is SqliteException sqlite ? StorageErrors.Of(sqlite) : e;
            group.ForEach(write => write.Fail(error));
            return;
        }

        group.ForEach(write => write.Complete());
    }

    private void Apply(Write write)
    {
        session.Execute($"SAVEPOINT one_write");
        if (write.Try(session) is { } error)
        {
            // A full disk or a failed read may have ended the whole transaction; then the group fails as one.
            if (!InTransaction)
            {
                throw error;
            }

            session.Execute($"ROLLBACK TO one_write");
        }

        session.Execute($"RELEASE one_write");
    }

    private bool InTransaction => raw.sqlite3_get_autocommit(session.Connection.Handle) == 0;

    private abstract class Write
    {
        /// <summary>What it threw, or null; kept for <see cref="Complete"/>.</summary>
        public abstract Exception? Try(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Write<T>(Func<SqliteSession, T> work, CancellationToken cancellation) : Write
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private Exception? error;

        public Task<T> Task => completion.Task;

        public override Exception? Try(SqliteSession session)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                result = work(session);
            }
            catch (Exception e)
            {
                error = e is SqliteException sqlite ? StorageErrors.Of(sqlite) : e;
            }

            return error;
        }

        public override void Complete()
        {
            if (error is OperationCanceledException cancelled)
            {
                completion.SetCanceled(cancelled.CancellationToken);
            }
            else if (error is not null)
            {
                completion.SetException(error);
            }
            else
            {
                completion.SetResult(result!);
            }
        }

        public override void Fail(Exception groupError) => completion.SetException(error ?? groupError);
    }
}
