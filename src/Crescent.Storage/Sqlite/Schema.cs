using System.Globalization;

namespace Crescent.Storage.Sqlite;

/// <summary>The database's tables, by numbered scripts (<c>infra/sql/sqlite/0001-initial.sql</c>). A script that has been released is never changed; the next change is the next script.</summary>
internal static class Schema
{
    private const string Prefix = "sqlite/";

    /// <summary>Scripts by version.</summary>
    private static SortedDictionary<int, string> Scripts { get; } = new(
        typeof(Schema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => int.Parse(name.AsSpan(Prefix.Length, 4), CultureInfo.InvariantCulture), name => name));

    public static int Version => Scripts.Keys.Last();

    /// <summary>Brings the tables to <see cref="Version"/> in one transaction.</summary>
    public static void Migrate(SqliteSession session, TimeProvider clock)
    {
        session.Execute($"BEGIN IMMEDIATE");
        session.Execute($"CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, script TEXT NOT NULL, applied_at INTEGER NOT NULL)");
        var current = session.Scalar($"SELECT max(version) FROM schema_version") ?? 0;
        ThrowIfNewer(current);

        foreach (var (version, name) in Scripts.Where(script => script.Key > current))
        {
            SqliteConnections.Run(session.Connection, Read(name));
            session.Execute($"INSERT INTO schema_version (version, script, applied_at) VALUES ({version}, {name}, {clock.GetUtcNow()})");
        }

        session.Execute($"COMMIT");
    }

    /// <summary>Checks that the tables are at <see cref="Version"/> and changes nothing.</summary>
    public static void Require(SqliteSession session)
    {
        var made = session.Scalar($"SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'") > 0;
        var current = made ? session.Scalar($"SELECT max(version) FROM schema_version") ?? 0 : 0;
        ThrowIfNewer(current);
        if (current < Version)
        {
            throw new CrescentException(DataFolder.NotReady, $"The database has schema {current}, this version of Crescent works on {Version}. Start its control process in this version: it brings the schema up to date.", retryable: true);
        }
    }

    private static void ThrowIfNewer(long current)
    {
        if (current > Version)
        {
            throw new CrescentException("schema-newer", $"The database has schema {current}; this version of Crescent knows schemas up to {Version}. Start the version that wrote it, or a newer one.");
        }
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
