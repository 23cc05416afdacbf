using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>
/// Passes hints on to other processes (NOTIFY), after the commit of what they are about and not in it: the server lets one transaction with a notice commit at a time, flush of the disk included.
/// The first goes at once; those that come soon after it go together, equal ones as one. A hint that cannot be sent is lost, as one is whose process dies between commit and notice: who waits for it polls.
/// </summary>
internal sealed class PostgresNotifier(NpgsqlDataSource source) : IDisposable
{
    /// <summary>The one channel of the database; a notice names its sender and the hint's own channel.</summary>
    public const string Channel = "crescent";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock gate = new();
    private readonly HashSet<string> waiting = new(StringComparer.Ordinal);
    private Task sending = Task.CompletedTask;
    private bool busy;
    private bool closed;

    /// <summary>Tells this process's notices from those of others.</summary>
    public string Sender { get; } = Guid.NewGuid().ToString("n");

    public void Send(string channel)
    {
        lock (gate)
        {
            if (!closed && waiting.Add(channel) && !busy)
            {
                busy = true;
                sending = Task.Run(SendAsync);
            }
        }
    }

    /// <summary>Sends what waits, then ends. To be called before the pool of connections closes.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
        }

        sending.GetAwaiter().GetResult();
    }

    private async Task SendAsync()
    {
        while (Take() is { Length: > 0 } notices)
        {
            // The first connection may have died in the pool.
            _ = await TrySendAsync(notices) || await TrySendAsync(notices);
            await Task.Delay(Pause);
        }
    }

    private async Task<bool> TrySendAsync(string[] notices)
    {
        try
        {
            await using var command = source.CreateCommand("SELECT pg_notify($1, notice) FROM unnest($2::text[]) AS n (notice)");
            command.Parameters.Add(new NpgsqlParameter { Value = Channel });
            command.Parameters.Add(new NpgsqlParameter { Value = notices });
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            // The database is away: whoever writes or reads says so.
            return false;
        }
    }

    private string[] Take()
    {
        lock (gate)
        {
            string[] notices = [.. waiting.Select(channel => $"{Sender} {channel}")];
            waiting.Clear();
            busy = notices.Length > 0;
            return notices;
        }
    }
}
