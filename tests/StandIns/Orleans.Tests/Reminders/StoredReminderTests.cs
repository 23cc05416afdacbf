namespace Crescent.StandIns.Orleans.Tests.Reminders;

/// <summary>Reminders in the table of Orleans's AdoNet reminders.</summary>
public abstract class StoredReminderTests(DatabaseKind kind)
{
    [Fact]
    public async Task Reminder_Stored_WakesTheGrainInTheNextProcess()
    {
        using var database = new Database(kind);
        await using (var silo = await TestSilo.StartAsync(database.AddReminders))
        {
            await silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));
            Assert.Equal(1, await silo.Grains.GetGrain<IReminderGrain>("a").CountAsync());
        }

        await using var next = await TestSilo.StartAsync(database.AddReminders);
        await next.Log.Gate("wake 1 every 60000");
    }

    [Fact]
    public async Task Reminder_Unregistered_IsGone()
    {
        using var database = new Database(kind);
        await using var silo = await TestSilo.StartAsync(database.AddReminders);
        var grain = silo.Grains.GetGrain<IReminderGrain>("a");
        await grain.RegisterAsync(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.RegisterAsync(TimeSpan.FromHours(2), TimeSpan.FromHours(2));
        Assert.Equal(1, await grain.CountAsync());

        await grain.UnregisterAsync();

        Assert.Equal(0, await grain.CountAsync());
        Assert.Equal(0L, database.Execute("SELECT count(*) FROM OrleansRemindersTable"));
    }
}

public sealed class ReminderOnSqliteTests() : StoredReminderTests(DatabaseKind.Sqlite);

public sealed class ReminderOnPostgresTests() : StoredReminderTests(DatabaseKind.Postgres);
