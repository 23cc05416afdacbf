using Crescent.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string path;
    private readonly SqliteDatabase database;

    public SqliteDatabaseTests()
    {
        path = Path.Combine(folder.Path, "crescent.db");
        database = SqliteDatabase.Open(path);
        database.WriteAsync(session => session.Execute($"CREATE TABLE t (n INTEGER PRIMARY KEY, data BLOB)")).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
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
        var constraint = database.WriteAsync(session =>
        {
            session.Execute($"INSERT INTO t (n) VALUES (3)");
            session.Execute($"INSERT INTO t (n) VALUES (1)");
        });
        var cancelled = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (4)"), new CancellationToken(canceled: true));
        var last = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (5)"));
        gate.Set();

        await Task.WhenAll(first, good, last);
        await ThrowsAsync("mine", () => thrown);
        await Assert.ThrowsAsync<SqliteException>(() => constraint);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal([1, 5], await NumbersAsync());
    }

    [Fact]
    public async Task WriteAsync_FullDisk_SaysSoAndGoesOnOnceThereIsRoom()
    {
        await database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)"));
        var pages = await database.WriteAsync(session => session.Scalar($"PRAGMA page_count"));
        await database.WriteAsync(session => session.Run($"PRAGMA max_page_count = {pages}"));

        await ThrowsAsync("storage-full", () => database.WriteAsync(session => session.Execute($"INSERT INTO t (n, data) VALUES (2, zeroblob(1000000))")));

        await database.WriteAsync(session => session.Run("PRAGMA max_page_count = 1000000"));
        await database.WriteAsync(session => session.Execute($"INSERT INTO t (n, data) VALUES (3, zeroblob(1000000))"));
        Assert.Equal([1, 3], await NumbersAsync());
    }

    [Fact]
    public async Task ReadAsync_AfterAWriteReturned_SeesIt()
    {
        for (var i = 0; i < 200; i++)
        {
            await database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES ({i})"));
            Assert.Equal(i + 1, await database.ReadAsync(session => session.Scalar($"SELECT count(*) FROM t")));
        }
    }

    [Fact]
    public async Task ReadAsync_WhileOthersWrite_SeesOneState()
    {
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i += 2)
            {
                var n = i;
                await database.WriteAsync(session =>
                {
                    session.Execute($"INSERT INTO t (n) VALUES ({n})");
                    session.Execute($"INSERT INTO t (n) VALUES ({n + 1})");
                });
            }
        });
        while (!writing.IsCompleted)
        {
            var (first, second) = await database.ReadAsync(session => (session.Scalar($"SELECT count(*) FROM t"), session.Scalar($"SELECT count(*) FROM t WHERE 1 = 1")));
            Assert.Equal(first, second);
            Assert.Equal(0, first % 2);
        }

        await writing;
    }

    [Fact]
    public async Task ReadAsync_Statement_CannotWrite() =>
        await ThrowsAsync("storage-unavailable", () => database.ReadAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)")));

    [Fact]
    public void Open_SchemaOfALaterVersion_IsRefused()
    {
        var later = Path.Combine(folder.Path, "later.db");
        SqliteDatabase.Open(later).Dispose();
        using (var connection = SqliteConnections.OpenWriter(later, flushEveryCommit: false))
        {
            SqliteConnections.Run(connection, "INSERT INTO schema_version VALUES (9999, 'sqlite/9999-later', 0)");
        }

        Assert.Equal("schema-newer", Assert.Throws<CrescentException>(() => SqliteDatabase.Open(later)).Code);
        Assert.Equal("schema-newer", Assert.Throws<CrescentException>(() => SqliteDatabase.Join(later)).Code);
    }

    [Theory]
    [InlineData("DELETE FROM schema_version")]
    [InlineData("DROP TABLE schema_version")]
    public void Join_SchemaOfAnEarlierVersion_WaitsForTheControlProcess(string older)
    {
        var earlier = Path.Combine(folder.Path, "earlier.db");
        SqliteDatabase.Open(earlier).Dispose();
        using (var connection = SqliteConnections.OpenWriter(earlier, flushEveryCommit: false))
        {
            SqliteConnections.Run(connection, older);
        }

        var error = Assert.Throws<CrescentException>(() => SqliteDatabase.Join(earlier));

        Assert.Equal((DataFolder.NotReady, true), (error.Code, error.Retryable));
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsRefused()
    {
        var text = Path.Combine(folder.Path, "text.db");
        File.WriteAllText(text, new string('x', 10_000));

        Assert.Equal("storage-damaged", Assert.Throws<CrescentException>(() => SqliteDatabase.Open(text)).Code);
    }

    [Fact]
    public async Task WriteAsync_AnotherProgramHoldsTheLockForAMoment_Waits()
    {
        using var other = SqliteConnections.OpenWriter(path, flushEveryCommit: false);
        SqliteConnections.Run(other, "BEGIN IMMEDIATE");
        var write = database.WriteAsync(session => session.Execute($"INSERT INTO t (n) VALUES (1)"));

        SqliteConnections.Run(other, "INSERT INTO t (n) VALUES (2); COMMIT");

        await write;
        Assert.Equal([1, 2], await NumbersAsync());
    }

    [Fact]
    public async Task WriteAsync_AfterDispose_IsRefused()
    {
        var closed = SqliteDatabase.Open(Path.Combine(folder.Path, "closed.db"));
        closed.Dispose();

        await ThrowsAsync("storage-closed", () => closed.WriteAsync(_ => { }));
    }

    private Task<List<int>> NumbersAsync() => database.ReadAsync(session => session.Query($"SELECT n FROM t ORDER BY n", row => row.Number(0)));
}
