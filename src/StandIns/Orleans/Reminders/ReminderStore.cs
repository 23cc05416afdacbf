using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <param name="StartAt">First tick, UTC.</param>
/// <param name="Version">Changes with every registration.</param>
internal sealed record ReminderRow(GrainId Grain, string ReminderName, DateTime StartAt, TimeSpan Period, string Version) : IGrainReminder
{
    /// <summary>The time from now to the next tick: ticks lie whole periods after the first, and those that were missed are lost.</summary>
    public TimeSpan NextTick(DateTime now) => now < StartAt ? StartAt - now : Period - TimeSpan.FromTicks((now - StartAt).Ticks % Period.Ticks);
}

internal interface IReminderStore
{
    Task<IReadOnlyList<ReminderRow>> ReadAllAsync();

    Task<IReadOnlyList<ReminderRow>> ReadAsync(GrainId grain);

    /// <summary>Stores the row and returns it with its new version.</summary>
    Task<ReminderRow> UpsertAsync(ReminderRow row);

    /// <summary>Deletes the row if its version is still the stored one.</summary>
    Task<bool> DeleteAsync(ReminderRow row);
}

internal sealed class MemoryReminderStore : IReminderStore
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), ReminderRow> _rows = new();
    private int _version;

    public Task<IReadOnlyList<ReminderRow>> ReadAllAsync() => Task.FromResult<IReadOnlyList<ReminderRow>>([.. _rows.Values]);

    public Task<IReadOnlyList<ReminderRow>> ReadAsync(GrainId grain) => Task.FromResult<IReadOnlyList<ReminderRow>>([.. _rows.Values.Where(r => r.Grain == grain)]);

    public Task<ReminderRow> UpsertAsync(ReminderRow row)
    {
        var stored = row with { Version = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture) };
        _rows[(row.Grain, row.ReminderName)] = stored;
        return Task.FromResult(stored);
    }

    public Task<bool> DeleteAsync(ReminderRow row) => Task.FromResult(_rows.TryRemove(KeyValuePair.Create((row.Grain, row.ReminderName), row)));
}

/// <summary>Rows in the table OrleansRemindersTable, through the queries that OrleansQuery holds under Orleans's keys.</summary>
internal sealed class AdoNetReminderStore(AdoNetDatabase database, string serviceId) : IReminderStore
{
    private volatile Dictionary<string, string>? _queries;

    public async Task<IReadOnlyList<ReminderRow>> ReadAllAsync() => await ReadRowsAsync("ReadRangeRows2Key", ("BeginHash", 0), ("EndHash", 0));

    public async Task<IReadOnlyList<ReminderRow>> ReadAsync(GrainId grain) => await ReadRowsAsync("ReadReminderRowsKey", ("GrainId", grain.ToString()));

    public async Task<ReminderRow> UpsertAsync(ReminderRow row)
    {
        var versions = await QueryAsync(
            "UpsertReminderRowKey",
            reader => Version(reader[0]),
            [("GrainHash", (int)row.Grain.GetUniformHashCode()), ("GrainId", row.Grain.ToString()), ("ReminderName", row.ReminderName), ("StartTime", row.StartAt), ("Period", (long)row.Period.TotalMilliseconds)]);
        return row with { Version = versions[0] };
    }

    public async Task<bool> DeleteAsync(ReminderRow row)
    {
        var deleted = await QueryAsync(
            "DeleteReminderRowKey",
            reader => Convert.ToInt32(reader[0], CultureInfo.InvariantCulture),
            [("GrainId", row.Grain.ToString()), ("ReminderName", row.ReminderName), ("Version", int.Parse(row.Version, CultureInfo.InvariantCulture))]);
        return deleted is [> 0];
    }

    private Task<List<ReminderRow>> ReadRowsAsync(string key, params (string, object)[] parameters) => QueryAsync(
        key,
        reader => new ReminderRow(
            GrainId.Parse((string)reader["GrainId"]),
            (string)reader["ReminderName"],
            DateTime.SpecifyKind(Convert.ToDateTime(reader["StartTime"], CultureInfo.InvariantCulture), DateTimeKind.Utc),
            TimeSpan.FromMilliseconds(Convert.ToInt64(reader["Period"], CultureInfo.InvariantCulture)),
            Version(reader["Version"])),
        parameters);

    private async Task<List<T>> QueryAsync<T>(string key, Func<System.Data.Common.DbDataReader, T> select, (string Name, object Value)[] parameters)
    {
        _queries ??= await database.QueriesAsync("ReadReminderRowsKey", "ReadRangeRows1Key", "ReadRangeRows2Key", "ReadReminderRowKey", "UpsertReminderRowKey", "DeleteReminderRowKey", "DeleteReminderRowsKey");
        return await database.ReadAsync(
            _queries[key],
            command =>
            {
                AdoNetDatabase.Add(command, "ServiceId", serviceId);
                foreach (var (name, value) in parameters)
                {
                    AdoNetDatabase.Add(command, name, value);
                }
            },
            select);
    }

    private static string Version(object value) => Convert.ToInt32(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
}
