using Crescent.Storage.Sqlite;

namespace Crescent.Storage.GrainState;

/// <summary>The tables and queries that Orleans's AdoNet storage and reminders expect to find: Orleans ships them in no package.</summary>
public static class OrleansSchema
{
    /// <summary>The provider name under which Orleans loads Microsoft.Data.Sqlite.</summary>
    public const string SqliteInvariant = "System.Data.SQLite";

    /// <summary>The provider name of Npgsql. Its tables come with the scripts of <see cref="Postgres.PostgresDatabase"/>.</summary>
    public const string PostgresInvariant = "Npgsql";

    /// <summary>Makes the folder's file for grain state ready for Orleans, to be opened with <see cref="DataFolder.GrainStateConnectionString"/>. Safe to call at every start.</summary>
    public static void Prepare(DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        using var connection = SqliteConnections.OpenWriter(folder.GrainStatePath, flushEveryCommit: false);
        using var script = new StreamReader(typeof(OrleansSchema).Assembly.GetManifestResourceStream("orleans/sqlite.sql")!);
        SqliteConnections.Run(connection, $"BEGIN IMMEDIATE; {script.ReadToEnd()} COMMIT;");
    }
}
