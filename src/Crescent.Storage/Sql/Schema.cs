using System.Globalization;

namespace Crescent.Storage.Sql;

/// <summary>A database's tables, by numbered scripts (<c>infra/sql/sqlite/0001-initial.sql</c>). A script that has been released is never changed; the next change is the next script.</summary>
internal sealed class Schema
{
    private readonly SortedDictionary<int, string> scripts;

    /// <param name="prefix">Of the scripts among the assembly's resources: <c>sqlite/</c>.</param>
    public Schema(string prefix) => scripts = new(
        typeof(Schema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(name => int.Parse(name.AsSpan(prefix.Length, 4), CultureInfo.InvariantCulture), name => name));

    public int Version => scripts.Keys.Last();

    /// <summary>Of all scripts, rising; a number may be left out.</summary>
    public IReadOnlyCollection<int> Versions => scripts.Keys;

    /// <summary>Brings the tables to <see cref="Version"/> in one transaction. Safe from several processes at once: one does the work, the others wait for it. A database that is there already is not written to.</summary>
    /// <exception cref="CrescentException"><c>schema-newer</c>: a later version of Crescent has written it.</exception>
    public void Migrate(SqlSession session, TimeProvider clock)
    {
        if (Current(session) == Version)
        {
            return;
        }

        session.Begin();
        session.Lock("schema");
        if (!session.TableExists("schema_version"))
        {
            session.Execute($"CREATE TABLE schema_version (version INTEGER PRIMARY KEY, script TEXT NOT NULL, applied_at BIGINT NOT NULL)");
        }

        var current = Current(session);
        foreach (var (version, name) in scripts.Where(script => script.Key > current))
        {
            session.Run(Read(name));
            session.Execute($"INSERT INTO schema_version (version, script, applied_at) VALUES ({version}, {name}, {clock.GetUtcNow()})");
        }

        session.Commit();
    }

    /// <summary>Checks that the tables are at <see cref="Version"/> and changes nothing.</summary>
    /// <exception cref="CrescentException"><c>data-folder-not-ready</c> (retryable): they are older. <c>schema-newer</c>.</exception>
    public void Require(SqlSession session)
    {
        var current = Current(session);
        if (current < Version)
        {
            throw new CrescentException(
                Sqlite.DataFolder.NotReady,
                $"The database has {(current < 0 ? "no schema" : $"schema {current}")}, this version of Crescent works on {Version}. Start its control process in this version: it brings the schema up to date.",
                retryable: true);
        }
    }

    private int Current(SqlSession session)
    {
        var current = session.TableExists("schema_version") ? (int)(session.Scalar($"SELECT max(version) FROM schema_version") ?? -1) : -1;
        return current <= Version
            ? current
            : throw new CrescentException("schema-newer", $"The database has schema {current}; this version of Crescent knows schemas up to {Version}. Start the version that wrote it, or a newer one.");
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
