using Crescent.Storage.Jobs;

namespace Crescent.Storage.Tests.Jobs;

public abstract class WorkerRegistryTests(DatabaseKind kind) : IDisposable
{
    private static readonly WorkerCapabilities Capabilities = new() { Engines = ["cpu"], MemoryMiB = 512, Labels = ["eu"] };

    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task BeatAsync_Again_ReplacesWhatIsKnown()
    {
        var started = storage.Clock.GetUtcNow();
        await storage.Queue.BeatAsync(Worker("host/1") with { StartedAt = started });
        storage.Clock.Advance(TimeSpan.FromSeconds(5));
        await storage.Queue.BeatAsync(Worker("host/1") with { StartedAt = started, Busy = 2, State = WorkerState.Draining });

        var worker = Assert.Single(await storage.Queue.WorkersAsync());

        Assert.Equal((2, WorkerState.Draining, started, storage.Clock.GetUtcNow()), (worker.Busy, worker.State, worker.StartedAt, worker.LastHeartbeat));
        Assert.Equal(["control", "compute"], worker.Roles);
        Assert.Equivalent(Capabilities, worker.Capabilities, strict: true);
    }

    [Fact]
    public async Task WorkersAsync_SilentWorker_IsNotLiveAndForgottenInTheEnd()
    {
        await storage.Queue.BeatAsync(Worker("host/1"));
        storage.Clock.Advance(WorkerStatus.LiveFor);
        Assert.False(Assert.Single(await storage.Queue.WorkersAsync()).IsLive(storage.Clock.GetUtcNow()));

        storage.Clock.Advance(WorkerStatus.ForgottenAfter);

        Assert.Empty(await storage.Queue.WorkersAsync());
    }

    [Fact]
    public async Task RemoveAsync_Twice_LeavesTheOthers()
    {
        await storage.Queue.BeatAsync(Worker("host/1"));
        await storage.Queue.BeatAsync(Worker("host/2"));

        await storage.Queue.RemoveAsync("host/1");
        await storage.Queue.RemoveAsync("host/1");

        Assert.Equal("host/2", Assert.Single(await storage.Queue.WorkersAsync()).Name);
    }

    private static WorkerStatus Worker(string name) => new(name, "host", ["control", "compute"], 2, 0, WorkerState.Active, "code", ["sft"], Capabilities);

    public sealed class OnSqlite() : WorkerRegistryTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : WorkerRegistryTests(DatabaseKind.Postgres);
}
