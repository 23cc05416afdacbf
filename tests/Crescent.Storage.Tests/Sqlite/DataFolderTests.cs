using Crescent.Storage.Sqlite;

namespace Crescent.Storage.Tests.Sqlite;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void Open_FolderOfAnotherServer_IsRefused()
    {
        using var first = DataFolder.Open(temporary.Path);

        var error = Assert.Throws<CrescentException>(() => DataFolder.Open(temporary.Path));

        Assert.Equal("data-folder-in-use", error.Code);
        Assert.Contains(first.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Join_ClaimedFolder_WorksBesideItAndLeavesTheClaim()
    {
        using var claimed = DataFolder.Open(temporary.Path);
        SqliteDatabase.Open(claimed.DatabasePath).Dispose();

        using var joined = DataFolder.Join(temporary.Path);
        SqliteDatabase.Join(joined.DatabasePath).Dispose();

        Assert.True(joined.Joined);
        Assert.Equal("data-folder-in-use", Assert.Throws<CrescentException>(() => DataFolder.Open(temporary.Path)).Code);
    }

    [Fact]
    public void Join_NothingThereYet_SaysSoAndMakesNothing()
    {
        var error = Assert.Throws<CrescentException>(() => DataFolder.Join(temporary.Path));

        Assert.Equal((DataFolder.NotReady, true), (error.Code, error.Retryable));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void Open_AfterTheOtherHasClosed_Succeeds()
    {
        DataFolder.Open(temporary.Path).Dispose();

        DataFolder.Open(temporary.Path).Dispose();
    }

    [Fact]
    public void Open_PathThatIsAFile_IsRefused()
    {
        var file = Path.Combine(temporary.Path, "file");
        File.WriteAllText(file, "");

        Assert.Equal("data-folder-unusable", Assert.Throws<CrescentException>(() => DataFolder.Open(file)).Code);
    }
}
