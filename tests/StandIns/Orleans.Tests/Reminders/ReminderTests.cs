using Orleans.Hosting;

namespace Crescent.StandIns.Orleans.Tests.Reminders;

public interface IReminderGrain : IGrainWithStringKey
{
    Task RegisterAsync(TimeSpan dueTime, TimeSpan period);

    Task UnregisterAsync();

    Task<int> CountAsync();
}

public class ReminderGrain(Log log) : Grain, IReminderGrain, IRemindable
{
    private int _ticks;

    public Task RegisterAsync(TimeSpan dueTime, TimeSpan period) => this.RegisterOrUpdateReminder("wake", dueTime, period);

    public async Task UnregisterAsync()
    {
        var reminder = await this.GetReminder("wake");
        await this.UnregisterReminder(reminder!);
    }

    public async Task<int> CountAsync() => (await this.GetReminders()).Count;

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        log.Open($"{reminderName} {++_ticks} every {status.Period.TotalMilliseconds}");
        return Task.CompletedTask;
    }
}

public interface IForgetfulGrain : IGrainWithStringKey
{
    Task RegisterAsync();
}

public class ForgetfulGrain : Grain, IForgetfulGrain
{
    public Task RegisterAsync() => this.RegisterOrUpdateReminder("wake", TimeSpan.Zero, TimeSpan.FromMinutes(1));
}

public class ReminderTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Reminder_Registered_WakesTheGrainAgainAndAgain()
    {
        await using var silo = await TestSilo.StartAsync(s => AllowShort(s.UseInMemoryReminderService()));
        await silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync(TimeSpan.Zero, Often);

        await silo.Log.Gate("wake 2 every 200");
    }

    [Fact]
    public async Task Period_UnderAMinute_IsRefused()
    {
        await using var silo = await TestSilo.StartAsync(s => s.UseInMemoryReminderService());

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => silo.Grains.GetGrain<IReminderGrain>("a").RegisterAsync(TimeSpan.Zero, TimeSpan.FromSeconds(59)));

        Assert.Contains("00:01:00", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grain_ThatIsNotRemindable_CannotRegister()
    {
        await using var silo = await TestSilo.StartAsync(s => s.UseInMemoryReminderService());

        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<IForgetfulGrain>("a").RegisterAsync());
    }

    private static void AllowShort(ISiloBuilder silo) => silo.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(1));
}
