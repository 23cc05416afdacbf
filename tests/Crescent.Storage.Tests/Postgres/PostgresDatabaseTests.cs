using Crescent.Backends;
using Crescent.Storage.Postgres;
using Crescent.Storage.Sql;
using Npgsql;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Postgres;

public sealed class PostgresDatabaseTests : IAsyncLifetime
{
    private PostgresServer server = null!;
    private string name = "";
    private PostgresDatabase database = null!;

    private string ConnectionString => server.ConnectionString(name);

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.SharedAsync();
        name = await server.CreateDatabaseAsync();
        database = PostgresDatabase.Open(ConnectionString);
        await database.WriteAsync(session => session.Execute($"CREATE TABLE t (n INTEGER PRIMARY KEY, data TEXT)"));
    }

    public async ValueTask DisposeAsync()
    {
        database.Dispose();
        await server.DropDatabaseAsync(name);
    }

    [Fact]
    public async Task WriteAsync_OneOfAGroupFails_UndoesItAlone()
    {
        // The first write holds the writer until the others wait, so that they form one group.
        using var gate = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => gate.Wait(TimeSpan.FromMinutes(1)));
        var good = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)"));
        var thrown = database.WriteAsync(session =>
        {
            session.Execute($"INSERT INTO t (n) VALUES (2)");
            throw new CrescentException("mine", "after a change");
        });
        var wrong = database.WriteAsync(session =>
        {
            session.Execute($"INSERT INTO t (n) VALUES (3)");
            session.Execute($"INSERT INTO nowhere (n) VALUES (1)");
        });
        var cancelled = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (4)"), new CancellationToken(canceled: true));
        var taken = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)"));
        var last = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (5)"));
        gate.Set();

        await Task.WhenAll(first, good, last);
        await ThrowsAsync("mine", () => thrown);
        await Assert.ThrowsAsync<PostgresException>(() => wrong);
        await Assert.ThrowsAsync<PostgresException>(() => taken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal([1, 5], await NumbersAsync());
    }

    [Fact]
    public async Task WriteAsync_AnotherProcessTakesTheUniqueKeyFirst_RunsAgainAndSeesItsRow()
    {
        using var other = PostgresDatabase.Open(ConnectionString);
        var runs = 0;

        var seen = await database.WriteAsync(session =>
        {
            if (session.Scalar($"SELECT count(*) FROM t WHERE n = 1") == 1)
            {
                return "theirs";
            }

            runs++;
            other.WriteAsync(theirs => theirs.Execute($"INSERT INTO t (n) VALUES (1)")).GetAwaiter().GetResult();
            session.Execute($"INSERT INTO t (n) VALUES (1)");
            return "ours";
        });

        Assert.Equal(("theirs", 1), (seen, runs));
    }

    [Fact]
    public async Task WriteAsync_DeadlockOfTwoProcesses_BothWritesSucceed()
    {
        using var other = PostgresDatabase.Open(ConnectionString);
        await database.WriteAsync(session => session.Execute($"INSERT INTO t (n, data) VALUES (1, ''), (2, '')"));
        using var both = new Barrier(2);
        var met = 0;

        void Meet(ref bool done)
        {
            if (!done)
            {
                done = true;
                Interlocked.Increment(ref met);
                both.SignalAndWait(TimeSpan.FromMinutes(1));
            }
        }

        var (firstMet, secondMet) = (false, false);
        await Task.WhenAll(
            database.WriteAsync(session =>
            {
                session.Execute($"UPDATE t SET data = data || 'a' WHERE n = 1");
                Meet(ref firstMet);
                session.Execute($"UPDATE t SET data = data || 'a' WHERE n = 2");
            }),
            other.WriteAsync(session =>
            {
                session.Execute($"UPDATE t SET data = data || 'b' WHERE n = 2");
                Meet(ref secondMet);
                session.Execute($"UPDATE t SET data = data || 'b' WHERE n = 1");
            }));

        Assert.Equal(2, met);
        Assert.Equal(2, await database.ReadAsync(session => session.Scalar($"SELECT count(*) FROM t WHERE data IN ('ab', 'ba')")));
    }

    [Fact]
    public async Task Lock_SameNameInTwoProcesses_OneAfterTheOther()
    {
        using var other = PostgresDatabase.Open(ConnectionString);
        const int Each = 50;

        static void Count(SqlSession session)
        {
            session.Lock("counter");
            var next = session.Scalar($"SELECT max(n) FROM t") ?? 0;
            session.Execute($"INSERT INTO t (n) VALUES ({(int)next + 1})");
        }

        await Task.WhenAll(Enumerable.Range(0, Each).SelectMany(_ => new[] { database.WriteAsync(Count), other.WriteAsync(Count) }));

        Assert.Equal(Enumerable.Range(1, 2 * Each), await NumbersAsync());
    }

    [Fact]
    public async Task ReadAsync_AfterAWriteReturned_SeesIt()
    {
        for (var i = 0; i < 100; i++)
        {
            await database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES ({i})"));
            Assert.Equal(i + 1, await database.ReadAsync(session => session.Scalar($"SELECT count(*) FROM t")));
        }
    }

    [Fact]
    public async Task ReadAsync_WhileOthersWrite_SeesOneState()
    {
        var (before, after) = await database.ReadAsync(session =>
        {
            var count = session.Scalar($"SELECT count(*) FROM t");
            database.WriteAsync(other => other.Execute($"INSERT INTO t (n) VALUES (1)")).GetAwaiter().GetResult();
            return (count, session.Scalar($"SELECT count(*) FROM t"));
        });

        Assert.Equal((0, 0), (before, after));
    }

    [Fact]
    public async Task ReadAsync_Statement_CannotWrite() =>
        await ThrowsAsync("storage-unavailable", () => database.ReadAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)")));

    [Fact]
    public async Task Query_ListInAHole_StandsAfterIn()
    {
        await database.WriteAsync(session => session.Execute($"INSERT INTO t (n, data) VALUES (1, 'a'), (2, 'b'), (3, 'c')"));

        Assert.Equal([1, 3], await database.ReadAsync(session => session.Query($"SELECT n FROM t WHERE data IN {new[] { "a", "c", "z" }} ORDER BY n", row => row.Number(0))));
        Assert.Equal([2], await database.ReadAsync(session => session.Query($"SELECT n FROM t WHERE n IN {new[] { 2, 9 }} ORDER BY n", row => row.Number(0))));
    }

    [Fact]
    public async Task Hint_Committed_ReachesListenersInOtherProcessesAndOneThatWasUndoneDoesNot()
    {
        using var other = PostgresDatabase.Open(ConnectionString);
        var heard = new System.Collections.Concurrent.BlockingCollection<string>();
        using var subscription = other.Listen("work", () => heard.Add("work"));
        Assert.Equal("work", Take(heard));
        using var last = other.Listen("last", () => heard.Add("last"));

        await ThrowsAsync("mine", () => database.WriteAsync(session =>
        {
            session.Hint("work");
            throw new CrescentException("mine", "after a hint");
        }));
        await database.WriteAsync(session => session.Hint("elsewhere"));
        await database.WriteAsync(session => session.Hint("last"));

        Assert.Equal("last", Take(heard));
    }

    [Fact]
    public async Task Hint_OwnProcess_IsHeardOnce()
    {
        var heard = new System.Collections.Concurrent.BlockingCollection<string>();
        using var subscription = database.Listen("work", () => heard.Add("work"));
        Assert.Equal("work", Take(heard));
        using var last = database.Listen("last", () => heard.Add("last"));

        await database.WriteAsync(session => session.Hint("work"));
        Assert.Equal("work", Take(heard));
        using var other = PostgresDatabase.Open(ConnectionString);
        await other.WriteAsync(session => session.Hint("last"));

        Assert.Equal("last", Take(heard));
    }

    [Fact]
    public async Task Listen_ConnectionCut_TellsAGapAndHearsAgain()
    {
        using var other = PostgresDatabase.Open(ConnectionString);
        var heard = new System.Collections.Concurrent.BlockingCollection<string>();
        using var subscription = other.Listen("work", () => heard.Add("work"));
        Assert.Equal("work", Take(heard));
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()");

        Assert.Equal("work", Take(heard));
        await database.WriteAsync(session =>
        {
            session.Execute($"INSERT INTO t (n) VALUES (1)");
            session.Hint("work");
        });

        Assert.Equal("work", Take(heard));
    }

    [Fact]
    public async Task WriteAsync_AfterItsConnectionWasCut_GoesOnOnANewOne()
    {
        await database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)"));
        await database.ReadAsync(session => session.Scalar($"SELECT 1"));
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()");

        await database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (2)"));

        Assert.Equal([1, 2], await NumbersAsync());
    }

    [Fact]
    public async Task WriteAsync_AfterDispose_IsRefused()
    {
        var closed = PostgresDatabase.Open(ConnectionString);
        closed.Dispose();

        await ThrowsAsync("storage-closed", () => closed.WriteAsync(_ => { }));
    }

    private static string Take(System.Collections.Concurrent.BlockingCollection<string> heard) => heard.TryTake(out var hint, TimeSpan.FromMinutes(1)) ? hint : "nothing";

    private Task<List<int>> NumbersAsync() => database.ReadAsync(session => session.Query($"SELECT n FROM t ORDER BY n", row => row.Number(0)));
}
