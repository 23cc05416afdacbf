using Crescent.Backends;
using Crescent.Storage.Postgres;

namespace Crescent.Storage.Tests.Postgres;

public sealed class ServerClockTests
{
    [Fact]
    public async Task GetUtcNow_LocalClockIsWrongAndJumps_IsTheServers()
    {
        var local = new FakeClock();
        var server = await PostgresServer.SharedAsync();
        using var first = PostgresDatabase.Open(server.ConnectionString(await server.CreateDatabaseAsync()), clock: local);
        var before = new ServerClock(first.Source, local).GetUtcNow();

        var time = first.ServerClock.GetUtcNow();

        var after = new ServerClock(first.Source, local).GetUtcNow();
        Assert.InRange(time, before, after);
        Assert.NotInRange(local.GetUtcNow(), before, after);
        local.Advance(TimeSpan.FromDays(-1));
        Assert.InRange(first.ServerClock.GetUtcNow(), time, time + TimeSpan.FromHours(1));
    }
}
