using Crescent.Storage.Artifacts;

namespace Crescent.Storage.Tests.Artifacts;

/// <summary>Writers and collectors of several processes agree on blobs.</summary>
public abstract class BlobLedgerTests(DatabaseKind kind) : IDisposable
{
    private static readonly BlobReference Blob = new(new string('a', 64), 3);

    private readonly TestStorage storage = new(kind);

    private static CancellationToken Never => CancellationToken.None;

    private protected TestStorage Storage => storage;

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task MarkAsync_BlobOfALivingCollector_StaysItsOwnUntilItsTimeIsOver()
    {
        await ReserveAndForgetAsync();
        var first = await storage.Ledger.MarkAsync(10, new Retention(), Never);

        Assert.Equal([Blob.Sha256], first.Blobs);
        Assert.Empty((await storage.Ledger.MarkAsync(10, new Retention(), Never)).Blobs);
        storage.Clock.Advance(SqlBlobLedger.ClaimedFor);
        Assert.Equal([Blob.Sha256], (await storage.Ledger.MarkAsync(10, new Retention(), Never)).Blobs);
    }

    [Fact]
    public async Task DeletedAsync_AfterTheClaimHasPassedOn_LeavesTheBlobToTheOther()
    {
        await ReserveAndForgetAsync();
        var late = await storage.Ledger.MarkAsync(10, new Retention(), Never);
        storage.Clock.Advance(SqlBlobLedger.ClaimedFor);
        var next = await storage.Ledger.MarkAsync(10, new Retention(), Never);

        await storage.Ledger.DeletedAsync(Blob.Sha256, late.Until, Never);
        Assert.Equal("deleting", await StateAsync());
        await storage.Ledger.DeletedAsync(Blob.Sha256, next.Until, Never);
        Assert.Equal("deleted", await StateAsync());
    }

    [Fact]
    public async Task Keep_BeforeACollector_RenewsAndAfterItSaysWhatIsGone()
    {
        await ReserveAndForgetAsync();

        Assert.Null(await KeepAsync());
        Assert.Empty((await storage.Ledger.MarkAsync(10, new Retention(), Never)).Blobs);

        storage.Clock.Advance(SqlBlobLedger.ReservedFor);
        await storage.Ledger.MarkAsync(10, new Retention(), Never);
        Assert.Equal(Blob.Sha256, await KeepAsync());
    }

    [Fact]
    public async Task ReserveAsync_DeletedBlob_IsLiveAgain()
    {
        await ReserveAndForgetAsync();
        var claim = await storage.Ledger.MarkAsync(10, new Retention(), Never);
        await storage.Ledger.DeletedAsync(Blob.Sha256, claim.Until, Never);

        await storage.Ledger.ReserveAsync(Blob);

        Assert.Equal("live", await StateAsync());
    }

    private protected Task<string?> KeepAsync() => storage.Database.WriteAsync(session => SqlBlobLedger.Keep(session, [Blob.Sha256], storage.Clock.GetUtcNow()));

    /// <summary>A blob that nothing refers to and that no writer needs any more.</summary>
    private protected async Task ReserveAndForgetAsync()
    {
        await storage.Ledger.ReserveAsync(Blob);
        storage.Clock.Advance(SqlBlobLedger.ReservedFor);
    }

    private Task<string> StateAsync() => storage.Database.ReadAsync(session => session.Find($"SELECT state FROM blob WHERE sha256 = {Blob.Sha256}", row => row.Text(0))!);
}

public sealed class BlobLedgerOnSqliteTests() : BlobLedgerTests(DatabaseKind.Sqlite);

public sealed class BlobLedgerOnPostgresTests() : BlobLedgerTests(DatabaseKind.Postgres)
{
    [Fact]
    public async Task MarkAsync_WhileAnotherProcessCommitsAReference_WaitsAndLeavesTheBlob()
    {
        await ReserveAndForgetAsync();
        using var other = Storage.OpenAgain();
        using var kept = new ManualResetEventSlim();
        using var marking = new ManualResetEventSlim();
        var commit = other.WriteAsync(session =>
        {
            SqlBlobLedger.Keep(session, [new string('a', 64)], Storage.Clock.GetUtcNow());
            kept.Set();
            marking.Wait(TimeSpan.FromMinutes(1));
        });
        kept.Wait(TimeSpan.FromMinutes(1));
        var mark = Storage.Ledger.MarkAsync(10, new Retention(), CancellationToken.None);
        while (await Storage.Database.ReadAsync(session => session.Scalar($"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")) == 0)
        {
            await Task.Delay(10);
        }

        marking.Set();

        await commit;
        Assert.Empty((await mark).Blobs);
    }
}
