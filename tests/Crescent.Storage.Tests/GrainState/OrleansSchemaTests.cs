using Crescent.Storage.GrainState;
using Crescent.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Crescent.Storage.Tests.GrainState;

public class OrleansSchemaTests
{
    [Fact]
    public void Prepare_Twice_KeepsWhatIsStored()
    {
        using var temporary = new TemporaryFolder();
        using var folder = DataFolder.Open(Path.Combine(temporary.Path, "data"));
        OrleansSchema.Prepare(folder);
        using var connection = new SqliteConnection(folder.GrainStateConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO OrleansRemindersTable VALUES ('s', 'g', 'n', '2026-01-01', 60000, 1, 0)";
        command.ExecuteNonQuery();

        OrleansSchema.Prepare(folder);

        command.CommandText = "SELECT (SELECT count(*) FROM OrleansRemindersTable) || ' ' || (SELECT count(*) FROM OrleansQuery)";
        Assert.Equal("1 11", command.ExecuteScalar());
    }
}
