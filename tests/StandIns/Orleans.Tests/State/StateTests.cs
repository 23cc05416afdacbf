using Orleans.Storage;

namespace Crescent.StandIns.Orleans.Tests.State;

/// <summary>Grain state in the tables of Orleans's AdoNet storage.</summary>
public abstract class StateTests(DatabaseKind kind)
{
    [Fact]
    public async Task State_Written_OutlivesTheSilo()
    {
        using var database = new Database(kind);
        await using (var silo = await TestSilo.StartAsync(database.AddStorage))
        {
            Assert.Equal(3, await silo.Grains.GetGrain<IStateGrain>("a").AddAsync(3));
            Assert.Equal(5, await silo.Grains.GetGrain<IStateGrain>("a").AddAsync(2));
            Assert.Equal(0, await silo.Grains.GetGrain<IStateGrain>("b").GetAsync());
        }

        await using var next = await TestSilo.StartAsync(database.AddStorage);
        Assert.Equal(5, await next.Grains.GetGrain<IStateGrain>("a").GetAsync());
        Assert.Equal(("2", true), await next.Grains.GetGrain<IStateGrain>("a").RecordAsync());
        Assert.Contains("activated with 5", next.Log.Lines);
    }

    [Fact]
    public async Task State_NotWritten_IsLostWithTheActivation()
    {
        using var database = new Database(kind);
        await using (var silo = await TestSilo.StartAsync(database.AddStorage))
        {
            await silo.Grains.GetGrain<IStateGrain>("a").AddAsync(3);
            await silo.Grains.GetGrain<IStateGrain>("a").DriftAsync();
        }

        await using var next = await TestSilo.StartAsync(database.AddStorage);
        Assert.Equal(3, await next.Grains.GetGrain<IStateGrain>("a").GetAsync());
    }

    [Fact]
    public async Task Write_WithAnOutdatedEtag_ThrowsAndDeactivates()
    {
        using var database = new Database(kind);
        await using var silo = await TestSilo.StartAsync(database.AddStorage);
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.AddAsync(1);
        database.Execute($"UPDATE OrleansStorage SET Version = 7, PayloadBinary = {database.Bytes("""{"Value":40}""")}");

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.AddAsync(1));

        Assert.Equal(42, await grain.AddAsync(2));
        Assert.Equal(["activated with 0", "deactivated: ApplicationError", "activated with 40"], silo.Log.Lines);
    }

    [Fact]
    public async Task Conflict_ThatTheGrainHandles_DoesNotDeactivate()
    {
        using var database = new Database(kind);
        await using var silo = await TestSilo.StartAsync(database.AddStorage);
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.AddAsync(1);
        database.Execute("UPDATE OrleansStorage SET Version = 7");

        Assert.False(await grain.TryAddAsync(1));
        Assert.Equal(2, await grain.GetAsync());
        Assert.Equal(["activated with 0"], silo.Log.Lines);
    }

    [Fact]
    public async Task FirstWrite_WhereARecordExistsMeanwhile_Conflicts()
    {
        using var database = new Database(kind);
        await using var silo = await TestSilo.StartAsync(database.AddStorage);
        await using var other = await TestSilo.StartAsync(database.AddStorage);
        await silo.Grains.GetGrain<IStateGrain>("a").GetAsync();
        await other.Grains.GetGrain<IStateGrain>("a").AddAsync(1);

        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Grains.GetGrain<IStateGrain>("a").AddAsync(1));

        Assert.Equal(1L, database.Execute("SELECT count(*) FROM OrleansStorage"));
    }

    [Fact]
    public async Task Clear_LeavesNoState()
    {
        using var database = new Database(kind);
        await using var silo = await TestSilo.StartAsync(database.AddStorage);
        var grain = silo.Grains.GetGrain<IStateGrain>("a");
        await grain.AddAsync(3);

        await grain.ClearAsync();

        Assert.Equal(("2", false), await grain.RecordAsync());
        Assert.Equal(4, await grain.AddAsync(4));
    }

    [Theory]
    [InlineData("experiment-1", 0, 0, "experiment-1")]
    [InlineData("2A", 0, 42, null)]
    public async Task Write_StoresTheKeyAsOrleansDoes(string key, long n0, long n1, string? extension)
    {
        using var database = new Database(kind);
        await using var silo = await TestSilo.StartAsync(database.AddStorage);
        await silo.Grains.GetGrain<IStateGrain>(key).AddAsync(1);

        Assert.Equal(n0, database.Execute("SELECT GrainIdN0 FROM OrleansStorage"));
        Assert.Equal(n1, database.Execute("SELECT GrainIdN1 FROM OrleansStorage"));
        Assert.Equal(extension is null ? DBNull.Value : extension, database.Execute("SELECT GrainIdExtensionString FROM OrleansStorage"));
        Assert.Equal("counter", database.Execute("SELECT GrainTypeString FROM OrleansStorage"));
        Assert.Equal("default", database.Execute("SELECT ServiceId FROM OrleansStorage"));
    }
}

public sealed class StateOnSqliteTests() : StateTests(DatabaseKind.Sqlite);

public sealed class StateOnPostgresTests() : StateTests(DatabaseKind.Postgres);
