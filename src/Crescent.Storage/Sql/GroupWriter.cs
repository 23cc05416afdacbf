using System.Collections.Concurrent;

namespace Crescent.Storage.Sql;

/// <summary>
/// The one thread of a process that writes to a database. Writes that wait share a transaction (group commit); each has its own result and error, and returns only after the commit.
/// A group that the database undid is run again, each write by itself; a lost connection is opened anew.
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    private const int MaxGroup = 256;
    private const int MaxAttempts = 5;

    /// <summary>Milliseconds before the second attempt; twice as long before each further one.</summary>
    private const int FirstPause = 20;

    private readonly BlockingCollection<Write> waiting = [];
    private readonly Func<SqlSession> open;
    private readonly Action<string> announce;
    private readonly Thread thread;
    private SqlSession? session;

    /// <param name="session">Open already.</param>
    /// <param name="open">Opens another one when the connection is lost. Throws a <see cref="CrescentException"/> when it cannot.</param>
    /// <param name="announce">Gives the hints of committed writes to who listens.</param>
    public GroupWriter(string name, SqlSession session, Func<SqlSession> open, Action<string> announce)
    {
        this.session = session;
        this.open = open;
        this.announce = announce;
        thread = new Thread(Run) { Name = name, IsBackground = true };
        thread.Start();
    }

    public Task<T> RunAsync<T>(Func<SqlSession, T> work, CancellationToken cancellation)
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
        session?.Dispose();
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

    private void Commit(IReadOnlyList<Write> group)
    {
        // Savepoints cost as much as the small writes between them, and most groups need none: only one that fails is run again with them.
        if (group.Count > 1 && TryCommit(group, guarded: false, last: false) is null)
        {
            return;
        }

        for (var attempt = 1; TryCommit(group, guarded: group.Count > 1, attempt == MaxAttempts) is { } undone; attempt++)
        {
            if (undone.Count > 1)
            {
                foreach (var write in undone)
                {
                    Commit([write]);
                }

                return;
            }

            // After a deadlock the other side needs the time to go on: whoever takes its locks again at once may meet it in the same place.
            Thread.Sleep(FirstPause << (attempt - 1));
        }
    }

    /// <summary>Returns the writes when they are to be run again; null when each of them has its result or error.</summary>
    private IReadOnlyList<Write>? TryCommit(IReadOnlyList<Write> group, bool guarded, bool last)
    {
        var committing = false;
        try
        {
            session ??= open();
            session.Begin();
            foreach (var write in group)
            {
                Apply(session, write, guarded);
            }

            committing = true;
            session.Commit();
        }
        catch (Exception e)
        {
            var again = session is not null && !last && (session.MayRunAgain(e, committing) || (!guarded && !committing && group.Count > 1));
            var error = session?.Translate(e) ?? e;
            Abandon();
            if (again)
            {
                return group;
            }

            foreach (var write in group)
            {
                write.Fail(error);
            }

            return null;
        }

        foreach (var write in group)
        {
            write.Complete();
        }

        foreach (var channel in group.SelectMany(write => write.Hints).Distinct(StringComparer.Ordinal))
        {
            announce(channel);
        }

        return null;
    }

    private static void Apply(SqlSession session, Write write, bool guarded)
    {
        if (guarded)
        {
            session.Save();
        }

        if (write.Try(session) is { } error)
        {
            // A full disk or a failed read may have ended the whole transaction, and there may be no savepoint; then the group fails as one.
            if (!guarded || !session.InTransaction || session.MayRunAgain(error, committing: false))
            {
                throw error;
            }

            session.Undo();
        }

        if (guarded)
        {
            session.Release();
        }
    }

    private void Abandon()
    {
        if (session is null)
        {
            return;
        }

        try
        {
            if (session.InTransaction)
            {
                session.Rollback();
            }
        }
        catch (System.Data.Common.DbException) when (session.IsBroken)
        {
            // The server undoes what its connection lost.
        }

        session.TakeHints();
        if (session.IsBroken)
        {
            session.Dispose();
            session = null;
        }
    }

    private abstract class Write
    {
        public IReadOnlyList<string> Hints { get; protected set; } = [];

        /// <summary>What it threw, or null; kept for <see cref="Complete"/>.</summary>
        public abstract Exception? Try(SqlSession session);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Write<T>(Func<SqlSession, T> work, CancellationToken cancellation) : Write
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private Exception? error;

        public Task<T> Task => completion.Task;

        public override Exception? Try(SqlSession session)
        {
            error = null;
            Hints = [];
            try
            {
                cancellation.ThrowIfCancellationRequested();
                result = work(session);
                Hints = session.TakeHints();
                return null;
            }
            catch (Exception e)
            {
                session.TakeHints();
                error = session.Translate(e);
                return e;
            }
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

        public override void Fail(Exception groupError)
        {
            error ??= groupError;
            Complete();
        }
    }
}
