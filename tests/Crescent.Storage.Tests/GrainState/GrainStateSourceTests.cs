using System.Data.Common;
using Crescent.Storage.GrainState;
using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Tests.GrainState;

public sealed class GrainStateSourceTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly DataFolder folder;
    private readonly GrainStateSource source;

    public GrainStateSourceTests()
    {
        folder = DataFolder.Open(temporary.Path);
        source = SqliteGrainState.Open(folder);
    }

    public void Dispose()
    {
        source.Dispose();
        folder.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public async Task OpenConnectionAsync_PreparedFile_HasTheQueriesThatOrleansReads()
    {
        await using var connection = await source.OpenConnectionAsync();

        Assert.Equal(3L, await ScalarAsync(connection, "SELECT count(*) FROM OrleansQuery WHERE QueryKey IN ('ReadFromStorageKey', 'WriteToStorageKey', 'ClearStorageKey')"));
    }

    [Fact]
    public async Task OpenConnectionAsync_ManyWritersAtOnce_NeverFindTheFileLocked()
    {
        await using (var setup = await source.OpenConnectionAsync())
        {
            await ScalarAsync(setup, "CREATE TABLE t (n INTEGER)");
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                await using var connection = await source.OpenConnectionAsync();
                await ScalarAsync(connection, "INSERT INTO t VALUES (1)");
            }
        })));

        await using var check = await source.OpenConnectionAsync();
        Assert.Equal(200L, await ScalarAsync(check, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task OpenConnectionAsync_WhileAnotherHasIt_WaitsForItsTurn()
    {
        var first = await source.OpenConnectionAsync();
        var second = source.OpenConnectionAsync().AsTask();
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var connection = await second.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT 1"));
    }

    [Fact]
    public async Task OpenConnectionAsync_AfterATransactionWasLeftOpen_StartsWithoutIt()
    {
        await using (var left = await source.OpenConnectionAsync())
        {
            await ScalarAsync(left, "CREATE TABLE t (n INTEGER)");
            await ScalarAsync(left, "BEGIN");
            await ScalarAsync(left, "INSERT INTO t VALUES (1)");
        }

        await using var next = await source.OpenConnectionAsync();
        Assert.Equal(0L, await ScalarAsync(next, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task OpenConnectionAsync_GivenUpWhileWaiting_LeavesTheTurnToOthers()
    {
        using var given = new CancellationTokenSource();
        var first = await source.OpenConnectionAsync();
        var second = source.OpenConnectionAsync(given.Token).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await first.DisposeAsync();
        await first.DisposeAsync();

        await using var third = await source.OpenConnectionAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1L, await ScalarAsync(third, "SELECT 1"));
    }

    private static async Task<object?> ScalarAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
