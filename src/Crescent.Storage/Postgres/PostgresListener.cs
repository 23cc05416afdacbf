using Crescent.Storage.Sql;
using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>Hears the hints of every process (LISTEN) on a connection of its own, and connects again when that is lost; what was missed meanwhile is told as a gap.</summary>
/// <param name="self">Whose hints are known here already.</param>
internal sealed class PostgresListener(string connectionString, string self, HintHub hints, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private Task? running;

    /// <summary>Starts listening unless it does already. Hints may be missed until the connection stands, which is then told as a gap.</summary>
    public void Start()
    {
        lock (gate)
        {
            running ??= Task.Run(RunAsync);
        }
    }

    public void Dispose()
    {
        stopping.Cancel();
        running?.GetAwaiter().GetResult();
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        await using var source = PostgresConnections.LongLived(connectionString);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(source);
            }
            catch (NpgsqlException)
            {
                // The database is away: whoever writes or reads says so. Hints go on when it is back.
                await Task.Delay(RetryAfter, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync(stopping.Token);
        connection.Notification += (_, notice) => Publish(notice.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {PostgresNotifier.Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stopping.Token);
        }

        hints.PublishGap();
        while (true)
        {
            await connection.WaitAsync(stopping.Token);
        }
    }

    private void Publish(string notice)
    {
        var space = notice.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && notice[..space] != self)
        {
            hints.Publish(notice[(space + 1)..]);
        }
    }
}
