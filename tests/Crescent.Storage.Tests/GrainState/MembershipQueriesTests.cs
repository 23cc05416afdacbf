using Crescent.Backends;
using Crescent.Storage.Postgres;
using Npgsql;

namespace Crescent.Storage.Tests.GrainState;

/// <summary>The cluster's queries on PostgreSQL, called as Orleans calls them: by key, with named parameters.</summary>
public sealed class MembershipQueriesTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private PostgresServer server = null!;
    private string name = "";
    private NpgsqlDataSource source = null!;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.SharedAsync();
        name = await server.CreateDatabaseAsync();
        PostgresDatabase.Open(server.ConnectionString(name)).Dispose();
        source = NpgsqlDataSource.Create(server.ConnectionString(name));
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await server.DropDatabaseAsync(name);
    }

    [Fact]
    public async Task Version_InsertedTwice_IsThereOnce()
    {
        Assert.True(await ChangeAsync("InsertMembershipVersionKey"));
        Assert.False(await ChangeAsync("InsertMembershipVersionKey"));
    }

    [Fact]
    public async Task Member_InsertedUpdatedAndRead_RaisesTheVersionEachTime()
    {
        await ChangeAsync("InsertMembershipVersionKey");

        Assert.Equal([null, 0], await ReadAsync("MembershipReadAllKey"));
        Assert.True(await InsertAsync(11111, version: 0));
        Assert.Equal([11111, 1], await ReadAsync("MembershipReadAllKey"));
        Assert.True(await UpdateAsync(11111, version: 1));
        Assert.Equal([11111, 2], await ReadAsync("MembershipReadRowKey", Member(11111)));
        Assert.Equal([null, 2], await ReadAsync("MembershipReadRowKey", Member(22222)));
        Assert.Equal(1, await CountAsync("GatewaysQueryKey", ("Status", 6)));
    }

    [Fact]
    public async Task Member_FromAnOutdatedVersionOrTwice_ChangesNothing()
    {
        await ChangeAsync("InsertMembershipVersionKey");
        await InsertAsync(11111, version: 0);

        Assert.False(await InsertAsync(22222, version: 0));
        Assert.False(await InsertAsync(11111, version: 1));
        Assert.False(await UpdateAsync(11111, version: 0));
        Assert.False(await UpdateAsync(22222, version: 1));

        Assert.Equal([11111, 1], await ReadAsync("MembershipReadAllKey"));
    }

    [Fact]
    public async Task Members_InsertedAtOnceFromOneVersion_OneIsAccepted()
    {
        await ChangeAsync("InsertMembershipVersionKey");

        var accepted = await Task.WhenAll(Enumerable.Range(1, 10).Select(port => InsertAsync(port, version: 0)));

        Assert.Single(accepted, true);
        Assert.Equal(1, (await ReadAsync("MembershipReadAllKey"))[1]);
    }

    [Fact]
    public async Task Member_DefunctForLong_IsCleanedUp()
    {
        await ChangeAsync("InsertMembershipVersionKey");
        await InsertAsync(11111, version: 0);
        await RunAsync("UpdateIAmAlivetimeKey", [.. Member(11111), ("IAmAliveTime", Now.AddMinutes(1))]);

        await RunAsync("CleanupDefunctSiloEntriesKey", ("IAmAliveTime", Now.AddMinutes(1)));
        Assert.Equal(1, await CountAsync("GatewaysQueryKey", ("Status", 1)));
        await RunAsync("CleanupDefunctSiloEntriesKey", ("IAmAliveTime", Now.AddMinutes(2)));
        Assert.Equal(0, await CountAsync("GatewaysQueryKey", ("Status", 1)));
        await RunAsync("DeleteMembershipTableEntriesKey");
        Assert.Equal(0, await CountAsync("MembershipReadAllKey"));
    }

    private static (string, object?)[] Member(int port) => [("Address", "127.0.0.1"), ("Port", port), ("Generation", 7)];

    private Task<bool> InsertAsync(int port, int version) => ChangeAsync(
        "InsertMembershipKey",
        [.. Member(port), ("SiloName", "silo"), ("HostName", "host"), ("Status", 1), ("ProxyPort", 30000), ("StartTime", Now), ("IAmAliveTime", Now), ("Version", version)]);

    private Task<bool> UpdateAsync(int port, int version) =>
        ChangeAsync("UpdateMembershipKey", [.. Member(port), ("Status", 6), ("SuspectTimes", "x"), ("IAmAliveTime", Now), ("Version", version)]);

    private async Task<bool> ChangeAsync(string key, params (string, object?)[] parameters)
    {
        await using var command = await CommandAsync(key, parameters);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private async Task RunAsync(string key, params (string, object?)[] parameters)
    {
        await using var command = await CommandAsync(key, parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Port and version of the first row.</summary>
    private async Task<int?[]> ReadAsync(string key, params (string, object?)[] parameters)
    {
        await using var command = await CommandAsync(key, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return [reader["Port"] as int?, reader["Version"] as int?];
    }

    private async Task<int> CountAsync(string key, params (string, object?)[] parameters)
    {
        await using var command = await CommandAsync(key, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var count = 0;
        while (await reader.ReadAsync())
        {
            count++;
        }

        return count;
    }

    private async Task<NpgsqlCommand> CommandAsync(string key, params (string Name, object? Value)[] parameters)
    {
        await using var find = source.CreateCommand($"SELECT QueryText FROM OrleansQuery WHERE QueryKey = '{key}'");
        var command = source.CreateCommand((string)(await find.ExecuteScalarAsync())!);
        command.Parameters.AddWithValue("DeploymentId", "crescent");
        foreach (var (parameter, value) in parameters)
        {
            command.Parameters.AddWithValue(parameter, value ?? DBNull.Value);
        }

        return command;
    }
}
