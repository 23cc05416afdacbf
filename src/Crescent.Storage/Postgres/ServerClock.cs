using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>
/// The time of the PostgreSQL server, so that a lease ends at the same moment for every process, whatever the clocks of their machines say, and though one is set meanwhile. Read from the server now and then, and carried on by this machine's monotonic timer in between:
/// it is behind the server's by the time of a round trip at most, and by what the two timers drift apart in a minute.
/// </summary>
internal sealed class ServerClock(NpgsqlDataSource source, TimeProvider local) : TimeProvider
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(1);

    private Reading? last;
    private int reading;

    public override TimeZoneInfo LocalTimeZone => local.LocalTimeZone;

    public override long TimestampFrequency => local.TimestampFrequency;

    public override long GetTimestamp() => local.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => local.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow()
    {
        var known = Volatile.Read(ref last) ?? Read();
        var since = local.GetElapsedTime(known.ReadAt);
        if (since > ReadEvery && Interlocked.Exchange(ref reading, 1) == 0)
        {
            _ = Task.Run(ReadAgain);
        }

        return known.Time + since;
    }

    private Reading Read()
    {
        try
        {
            using var command = source.CreateCommand("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
            var time = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds((long)command.ExecuteScalar()!);
            var fresh = new Reading(time, local.GetTimestamp());
            Volatile.Write(ref last, fresh);
            return fresh;
        }
        catch (NpgsqlException e)
        {
            throw StorageErrors.Of(e);
        }
    }

    private void ReadAgain()
    {
        try
        {
            Read();
        }
        catch (CrescentException)
        {
            // The timer goes on; whoever needs the server finds out.
        }
        finally
        {
            Volatile.Write(ref reading, 0);
        }
    }

    private sealed record Reading(DateTimeOffset Time, long ReadAt);
}
