using System.Diagnostics;
using System.Globalization;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sqlite;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Sqlite;

/// <summary>A real process, killed while it writes.</summary>
public sealed class ProcessDeathTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task Open_AfterWritersWereKilled_HasEveryWriteThatReturnedAndNoHalf()
    {
        var acknowledged = 0;
        foreach (var after in new[] { 5, 1, 13 })
        {
            acknowledged = await RunAndKillAsync(acknowledged, after);
        }

        using var folder = DataFolder.Open(temporary.Path);
        using var database = SqliteDatabase.Open(folder.DatabasePath);
        var blobs = new FolderBlobStore(folder.BlobPath, folder.ClaimedAt);
        var queue = new SqlJobQueue(database, blobs, TimeProvider.System);
        var outcomes = (await queue.ReadDeliveryAsync("e1/sft"))!.Outcomes;

        // The last commit may have landed without its writer having lived to say so.
        Assert.InRange(outcomes.Count, acknowledged, acknowledged + 1);
        Assert.Equal(Enumerable.Range(1, outcomes.Count), outcomes.Select(outcome => outcome.Sequence));
        Assert.Equal(Enumerable.Range(1, outcomes.Count), outcomes.Select(outcome => outcome.Step));
        Assert.Equal(outcomes.Count, (await queue.FindAsync(Request().Key))!.SnapshotStep);
        Assert.Equal(outcomes.Count, await database.ReadAsync(session => session.Scalar($"SELECT count(*) FROM metric WHERE name = 'loss'")));
        Assert.Equal("ok", await database.ReadAsync(session => session.Find($"PRAGMA integrity_check", row => row.Text(0))));
        foreach (var artifact in outcomes.SelectMany(outcome => outcome.Artifacts))
        {
            Assert.True(await blobs.VerifyAsync(artifact.Sha256));
        }

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder.BlobPath, "incoming")));
        var attempts = await queue.AttemptsAsync(Request().Key);
        Assert.Equal(["lease-expired", "lease-expired", null], attempts.Select(attempt => attempt.Ending));
        Assert.All(attempts.Skip(1), attempt => Assert.NotNull(attempt.ResumedFrom));
    }

    /// <summary>Kills the writer once it has said that <paramref name="steps"/> more commits returned; gives the last step that it said.</summary>
    private async Task<int> RunAndKillAsync(int last, int steps)
    {
        using var writer = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(EntryPoint).Assembly.Location, DoomedWriter.Verb, temporary.Path]) { RedirectStandardOutput = true })!;
        try
        {
            for (var i = 0; i < steps; i++)
            {
                last = int.Parse((await writer.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            writer.Kill();
        }

        while (await writer.StandardOutput.ReadLineAsync() is { } line)
        {
            last = int.Parse(line, CultureInfo.InvariantCulture);
        }

        await writer.WaitForExitAsync();
        return last;
    }
}
