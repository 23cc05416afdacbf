using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class CommitTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task CommitAsync_SameOutcomeAgain_IsANoOp()
    {
        var claim = await StartAsync();
        var checkpoint = await storage.CheckpointAsync(100);

        await storage.Queue.CommitAsync(claim, checkpoint);
        await storage.Queue.CommitAsync(claim, checkpoint);

        Assert.Single((await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Outcomes);
    }

    [Fact]
    public async Task CommitAsync_SameOutcomeWithOtherBytes_FailsTheJobAndStoresNothingElse()
    {
        var claim = await StartAsync();
        await storage.Queue.CommitAsync(claim, await storage.CheckpointAsync(100));
        var other = await storage.CheckpointAsync(100, "other weights");
        var mixed = other with { Outcomes = [.. (await storage.CheckpointAsync(200)).Outcomes, .. other.Outcomes] };

        await ThrowsAsync("not-deterministic", () => storage.Queue.CommitAsync(claim, mixed));

        var delivery = (await storage.Queue.ReadDeliveryAsync("e1/sft"))!;
        Assert.Equal(JobPhase.Failed, delivery.Phase);
        Assert.Equal("not-deterministic", delivery.Failure!.Code);
        Assert.Equal([100], delivery.Outcomes.Select(outcome => outcome.Step));
    }

    [Fact]
    public async Task CommitAsync_Completed_SucceedsInTheSameTransaction()
    {
        var claim = await StartAsync();

        await storage.Queue.CommitAsync(claim, Completed);

        var view = (await storage.Queue.FindAsync(claim.Key))!;
        Assert.Equal((JobPhase.Succeeded, null), (view.Phase, view.Owner));
        await ThrowsAsync("lease-lost", () => storage.Queue.CommitAsync(claim, Completed));
    }

    [Fact]
    public async Task CommitAsync_ManySnapshots_KeepsTheLastTwo()
    {
        var claim = await StartAsync();
        for (var step = 10; step <= 50; step += 10)
        {
            await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(step));
        }

        var kept = await storage.Database.ReadAsync(session => session.Query($"SELECT step FROM job_snapshot ORDER BY step", row => row.Number(0)));

        Assert.Equal([40, 50], kept);
    }

    [Fact]
    public async Task CommitAsync_MetricsAgain_KeepTheFirstValue()
    {
        var claim = await StartAsync();
        await storage.Queue.HeartbeatAsync(claim, Lease, null, [new("loss", 1, 0.5), new("loss", 2, double.NaN)]);
        await storage.Queue.CommitAsync(claim, new JobCommitRecord(null, 0, [], [new("loss", 1, 0.9), new("loss", 3, double.PositiveInfinity)]));

        var stored = await storage.Database.ReadAsync(session => session.Query($"SELECT name, step, value FROM metric ORDER BY step", row => new MetricPoint(row.Text(0), row.Number(1), row.Real(2))));

        Assert.Equal([new("loss", 1, 0.5), new("loss", 2, double.NaN), new("loss", 3, double.PositiveInfinity)], stored);
    }

    [Theory]
    [InlineData("../etc", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("good", "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("good", "0123")]
    public async Task CommitAsync_BadArtifact_IsRefused(string name, string sha256)
    {
        var claim = await StartAsync();
        var bad = Outcome(OutcomeKinds.Checkpoint, 1, new ArtifactReference(name, ArtifactKinds.Checkpoint, "x/y", sha256, 1));

        await ThrowsAsync("commit-invalid", () => storage.Queue.CommitAsync(claim, bad));
    }

    [Fact]
    public async Task CommitAsync_HugePayload_IsRefused()
    {
        var claim = await StartAsync();
        var huge = new JobCommitRecord(null, 0, [new JobOutcomeRecord(OutcomeKinds.Checkpoint, 1, new string('x', 65537), [])], []);

        await ThrowsAsync("commit-invalid", () => storage.Queue.CommitAsync(claim, huge));
    }

    private async Task<JobClaim> StartAsync()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        return await storage.ClaimAsync();
    }

    public sealed class OnSqlite() : CommitTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : CommitTests(DatabaseKind.Postgres);
}
