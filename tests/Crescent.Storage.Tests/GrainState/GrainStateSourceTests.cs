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

    private static async Task<object?> ScalarAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }
}
