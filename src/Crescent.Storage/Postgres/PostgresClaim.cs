using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>
/// This process's exclusive claim on a database, for a control process that cannot form a cluster. The claim is a lock that the server holds for a connection, so it ends with the process, however that ends; and it can be lost with the connection.
/// </summary>
public sealed class PostgresClaim : IDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;
    private readonly CancellationTokenSource lost = new();
    private readonly CancellationTokenSource released = new();
    private readonly Task watch;

    private PostgresClaim(NpgsqlDataSource source, NpgsqlConnection connection)
    {
        this.source = source;
        this.connection = connection;
        watch = Task.Run(WatchAsync);
    }

    /// <summary>Cancelled when the connection is gone: another process may claim the database from now on, so this one must end.</summary>
    public CancellationToken Lost => lost.Token;

    /// <exception cref="CrescentException"><c>database-in-use</c>: another process has it. Otherwise as <see cref="PostgresDatabase.Open"/>.</exception>
    public static PostgresClaim Take(string connectionString)
    {
        var source = PostgresConnections.LongLived(connectionString);
        try
        {
            var connection = source.OpenConnection();
            using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended('crescent-control', 0))", connection);
            if (command.ExecuteScalar() is true)
            {
                return new PostgresClaim(source, connection);
            }

            throw new CrescentException(
                "database-in-use",
                "Another control process works on the database, and this build runs one only: its actor runtime is the stand-in for Orleans. Stop that process, give this one the role compute, or build with Microsoft Orleans, where several form a cluster.");
        }
        catch (Exception e)
        {
            source.Dispose();
            throw e is NpgsqlException postgres ? StorageErrors.Of(postgres) : e;
        }
    }

    public void Dispose()
    {
        released.Cancel();
        watch.GetAwaiter().GetResult();
        connection.Dispose();
        source.Dispose();
        lost.Dispose();
        released.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(released.Token);
            }
        }
        catch (OperationCanceledException) when (released.IsCancellationRequested)
        {
            // Given back.
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            await lost.CancelAsync();
        }
    }
}
