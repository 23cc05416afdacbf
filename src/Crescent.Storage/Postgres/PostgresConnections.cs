using Npgsql;

namespace Crescent.Storage.Postgres;

/// <summary>How every connection to PostgreSQL is set up. What the connection string says itself is kept.</summary>
internal static class PostgresConnections
{
    /// <summary>Time to migrate, or to wait for another process that does.</summary>
    private const int MigrationSeconds = 600;

    /// <exception cref="CrescentException"><c>options-invalid</c>; the message does not repeat the string, which may hold a password.</exception>
    public static NpgsqlDataSource Source(string connectionString, bool pooled = true)
    {
        var settings = Parse(connectionString);
        if (pooled)
        {
            // Every statement of the stores is one of a few hundred texts; nothing that a connection keeps must be reset for its next user.
            settings.MaxAutoPrepare = 400;
            settings.AutoPrepareMinUsages = 2;
            settings.NoResetOnClose = true;
        }
        else
        {
            settings.Pooling = false;
            settings.CommandTimeout = MigrationSeconds;
        }

        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>For a connection that stays open and mostly waits: it finds out within seconds that its server is gone.</summary>
    public static NpgsqlDataSource LongLived(string connectionString)
    {
        var settings = Parse(connectionString);
        settings.Pooling = false;
        settings.KeepAlive = 5;
        return NpgsqlDataSource.Create(settings);
    }

    /// <exception cref="CrescentException"><c>options-invalid</c>.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            settings.ApplicationName ??= "crescent";
            return string.IsNullOrWhiteSpace(settings.Host)
                ? throw new CrescentException("options-invalid", "Crescent:Storage:Postgres: the connection string names no Host. Give Host, Database, Username and Password.")
                : settings;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw new CrescentException("options-invalid", "Crescent:Storage:Postgres: the connection string is malformed. Write it as Host=...;Database=...;Username=...;Password=...", inner: e);
        }
    }
}
