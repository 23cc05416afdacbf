using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace Orleans.Runtime;

/// <summary>Keeps a timer for each stored reminder and calls its grain when it falls due.</summary>
internal sealed partial class ReminderService(SiloRuntime silo, IReminderStore store, IOptions<ReminderOptions> options, ILogger<ReminderService> logger) : IHostedService
{
    private static readonly GrainMethod Receive = new GrainInterface(typeof(IRemindable)).Methods.Single();

    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId Grain, string Name), (ReminderRow Row, ITimer Timer)> _timers = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await store.ReadAllAsync())
        {
            Schedule(row);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var (_, timer) in _timers.Values)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }

        return Task.CompletedTask;
    }

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        var minimum = options.Value.MinimumReminderPeriod;
        if (period < minimum)
        {
            throw new ArgumentException($"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed reminder period ({minimum})");
        }

        var row = await store.UpsertAsync(new(grain, name, silo.Time.GetUtcNow().UtcDateTime + dueTime, period, ""));
        Schedule(row);
        return row;
    }

    public async Task UnregisterAsync(IGrainReminder reminder)
    {
        var row = reminder as ReminderRow ?? throw new ArgumentException("This reminder was not returned by the reminder service.", nameof(reminder));
        if (!await store.DeleteAsync(row))
        {
            throw new ReminderException($"Could not unregister reminder {row.ReminderName} of {row.Grain}: it was replaced or removed since it was read.");
        }

        lock (_gate)
        {
            if (_timers.Remove((row.Grain, row.ReminderName), out var entry))
            {
                entry.Timer.Dispose();
            }
        }
    }

    public async Task<List<IGrainReminder>> GetAsync(GrainId grain) => [.. await store.ReadAsync(grain)];

    private void Schedule(ReminderRow row)
    {
        lock (_gate)
        {
            if (_timers.Remove((row.Grain, row.ReminderName), out var old))
            {
                old.Timer.Dispose();
            }

            using (ExecutionContext.SuppressFlow())
            {
                var timer = silo.Time.CreateTimer(_ => _ = TickAsync(row), null, row.NextTick(silo.Time.GetUtcNow().UtcDateTime), row.Period);
                _timers[(row.Grain, row.ReminderName)] = (row, timer);
            }
        }
    }

    private async Task TickAsync(ReminderRow row)
    {
        try
        {
            await silo.SendAsync(row.Grain, Receive, [row.ReminderName, new TickStatus(row.StartAt, row.Period, silo.Time.GetUtcNow().UtcDateTime)]);
        }
        catch (Exception exception)
        {
            LogTickFailed(logger, row.ReminderName, row.Grain, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reminder {Name} of {Grain} could not be delivered; the next tick comes at its time.")]
    private static partial void LogTickFailed(ILogger logger, string name, GrainId grain, Exception exception);
}
