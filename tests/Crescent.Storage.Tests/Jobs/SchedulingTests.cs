using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

public abstract class SchedulingTests(DatabaseKind kind) : IDisposable
{
    private static readonly JobRequirements Demanding = new("torch", 4096, "cuda") { Labels = ["fast", "eu"] };

    private static readonly WorkerCapabilities Strong = new() { Engines = ["cpu", "torch"], MemoryMiB = 8192, Accelerators = ["cuda"], Labels = ["eu", "fast", "new"] };

    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Key_OtherScheduling_IsTheSame() =>
        Assert.Equal(Request().Key, (Request() with { Scheduling = new JobScheduling("s", DateTimeOffset.MaxValue) { Requirements = Demanding, Retry = new RetryPolicy(9) } }).Key);

    [Fact]
    public async Task ClaimAsync_WorkerThatLacksOneRequirement_IsPassedOver()
    {
        await storage.Queue.SubscribeAsync(Request() with { Scheduling = new JobScheduling { Requirements = Demanding } }, "e1/sft", 0);
        WorkerCapabilities[] weak = [new(), Strong with { Engines = ["cpu"] }, Strong with { MemoryMiB = 4095 }, Strong with { Accelerators = [] }, Strong with { Labels = ["fast"] }];

        foreach (var capabilities in weak)
        {
            Assert.Null(await storage.Queue.ClaimAsync(Worker() with { Capabilities = capabilities }, Lease));
        }

        Assert.NotNull(await storage.Queue.ClaimAsync(Worker() with { Capabilities = Strong }, Lease));
    }

    [Fact]
    public async Task ClaimAsync_JobsThatTheWorkerCannotRun_AreNoObstacle()
    {
        await storage.Queue.SubscribeAsync(Request("heavy") with { Scheduling = new JobScheduling { Requirements = Demanding } }, "e1/heavy", 9);
        await storage.Queue.SubscribeAsync(Request("light"), "e1/light", 0);

        Assert.Equal("light", (await storage.ClaimAsync()).Spec);
    }

    [Fact]
    public async Task ClaimAsync_EqualPriority_StudyWithFewestRunningComesFirst()
    {
        foreach (var name in new[] { "a1", "a2", "a3", "b1", "b2" })
        {
            await storage.Queue.SubscribeAsync(Request(name, study: name[..1]), $"e1/{name}", 0);
        }

        Assert.Equal(["a1", "b1", "a2", "b2", "a3"], await ClaimAllAsync(5));
    }

    [Fact]
    public async Task ClaimAsync_HigherPriority_ComesBeforeFairShare()
    {
        await storage.Queue.SubscribeAsync(Request("a1", study: "a"), "e1/a1", 1);
        await storage.Queue.SubscribeAsync(Request("a2", study: "a"), "e1/a2", 1);
        await storage.Queue.SubscribeAsync(Request("b1", study: "b"), "e1/b1", 0);

        Assert.Equal(["a1", "a2", "b1"], await ClaimAllAsync(3));
    }

    [Fact]
    public async Task LimitStudyAsync_StudyAtItsLimit_WaitsForOneToEnd()
    {
        await storage.Queue.LimitStudyAsync("a", 1);
        await storage.Queue.SubscribeAsync(Request("a1", study: "a"), "e1/a1", 5);
        await storage.Queue.SubscribeAsync(Request("a2", study: "a"), "e1/a2", 5);
        var first = await storage.ClaimAsync();
        Assert.Null(await storage.Queue.ClaimAsync(Worker("w2"), Lease));
        Assert.Equal(JobWaitReason.StudyLimit, await ReasonAsync("a2", Live()));

        await storage.Queue.CommitAsync(first, Completed);
        Assert.Equal("a2", (await storage.ClaimAsync("w2")).Spec);

        await storage.Queue.LimitStudyAsync("a", null);
        await storage.Queue.SubscribeAsync(Request("a3", study: "a"), "e1/a3", 5);
        Assert.Equal("a3", (await storage.ClaimAsync("w3")).Spec);
    }

    [Fact]
    public async Task ClaimAsync_ManyAtOnce_KeepLimitsAndShares()
    {
        await storage.Queue.LimitStudyAsync("a", 3);
        foreach (var name in Enumerable.Range(0, 8).SelectMany(i => new[] { $"a{i}", $"b{i}", $"c{i}" }))
        {
            await storage.Queue.SubscribeAsync(Request(name, study: name[..1]), $"e1/{name}", 0);
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 11).Select(i => Task.Run(() => storage.Queue.ClaimAsync(Worker($"w{i}"), Lease))));

        var counts = claims.OfType<JobClaim>().CountBy(claim => claim.Spec[..1]).ToDictionary();
        Assert.Equal((3, 4, 4), (counts["a"], counts["b"], counts["c"]));
        Assert.Equal(11, claims.Select(claim => (claim!.Key, claim.Owner)).Distinct().Count());
    }

    [Fact]
    public async Task LimitStudyAsync_Negative_IsRefused() => await ThrowsAsync("scheduling-invalid", () => storage.Queue.LimitStudyAsync("a", -1));

    [Fact]
    public async Task SubscribeAsync_TwoStudies_CountsForTheMoreUrgentAndGoesOnForTheOther()
    {
        await storage.Queue.LimitStudyAsync("blocked", 0);
        await storage.Queue.SubscribeAsync(Request("x", study: "blocked"), "e1/x", 5);
        await storage.Queue.SubscribeAsync(Request("x", study: "free"), "e2/x", 1);
        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));

        await storage.Queue.UnsubscribeAsync("e1/x");

        Assert.Equal("x", (await storage.ClaimAsync()).Spec);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SweepAsync_PastTheDeadline_FailsTheJobAndFencesItsWorker(bool running)
    {
        await storage.Queue.SubscribeAsync(Due(TimeSpan.FromSeconds(10)), "e1/sft", 0);
        var claim = running ? await storage.ClaimAsync() : null;
        storage.Clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(0, await storage.Queue.SweepAsync());
        storage.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, await storage.Queue.SweepAsync());

        Assert.Equal("deadline-exceeded", (await storage.Queue.ReadDeliveryAsync("e1/sft"))!.Failure!.Code);
        Assert.Equal(["e1/sft"], await storage.Queue.PendingRunsAsync(10));
        if (claim is not null)
        {
            Assert.Equal(LeaseState.Lost, (await storage.Queue.HeartbeatAsync(claim, Lease, null, [])).State);
            Assert.Equal("failed", (await storage.Queue.AttemptsAsync(claim.Key))[0].Ending);
        }
    }

    [Fact]
    public async Task SweepAsync_AnotherSubscriberWithoutDeadline_LetsTheJobLive()
    {
        await storage.Queue.SubscribeAsync(Due(TimeSpan.FromSeconds(10)), "e1/sft", 0);
        await storage.Queue.SubscribeAsync(Request(), "e2/sft", 0);
        storage.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, await storage.Queue.SweepAsync());

        await storage.Queue.UnsubscribeAsync("e2/sft");

        Assert.Equal(1, await storage.Queue.SweepAsync());
    }

    [Fact]
    public async Task SweepAsync_ExpiredLease_QueuesTheJobWithoutAnyClaim()
    {
        await storage.Queue.SubscribeAsync(Request(), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        Assert.Equal(1, await storage.Queue.SweepAsync());
        Assert.Equal("lease-expired", (await storage.Queue.AttemptsAsync(claim.Key))[0].Ending);
    }

    [Fact]
    public async Task FailAsync_OwnRetryPolicy_IsFollowed()
    {
        var retry = new RetryPolicy(2) { FirstBackoff = TimeSpan.FromSeconds(7), LongestBackoff = TimeSpan.FromSeconds(8) };
        await storage.Queue.SubscribeAsync(Request() with { Scheduling = new JobScheduling { Retry = retry } }, "e1/sft", 0);
        await storage.Queue.FailAsync(await storage.ClaimAsync(), new JobFailure("x", "y", Retryable: true));

        var wait = await storage.Queue.ExplainWaitAsync(Request().Key);

        Assert.Equal((JobWaitReason.NotBefore, storage.Clock.GetUtcNow() + TimeSpan.FromSeconds(7)), (wait!.Reason, wait.Until));
        storage.Clock.Advance(TimeSpan.FromSeconds(7));
        await storage.Queue.FailAsync(await storage.ClaimAsync(), new JobFailure("x", "y", Retryable: true));
        Assert.Equal(JobPhase.Failed, (await storage.Queue.FindAsync(Request().Key))!.Phase);
        Assert.Null(await storage.Queue.ExplainWaitAsync(Request().Key));
    }

    [Fact]
    public async Task ExplainWaitAsync_EachObstacle_IsNamed()
    {
        await storage.Queue.SubscribeAsync(Request("x") with { Scheduling = new JobScheduling { Requirements = new JobRequirements("torch") } }, "e1/x", 0);

        Assert.Equal(JobWaitReason.NoWorker, await ReasonAsync("x"));
        Assert.Equal(JobWaitReason.NoWorker, await ReasonAsync("x", Live() with { State = WorkerState.Draining }));
        Assert.Equal(JobWaitReason.NoWorkerWithCode, await ReasonAsync("x", Live() with { CodeHash = "other" }));
        Assert.Equal(JobWaitReason.NoWorkerWithCapability, await ReasonAsync("x", Live()));
        Assert.Equal(JobWaitReason.Starting, await ReasonAsync("x", Live() with { Capabilities = Strong }));
        Assert.Equal(JobWaitReason.Busy, await ReasonAsync("x", Live() with { Capabilities = Strong, Busy = 2 }));
        storage.Clock.Advance(WorkerStatus.LiveFor);
        Assert.Equal(JobWaitReason.NoWorker, await ReasonAsync("x"));
    }

    [Theory]
    [InlineData("", 0, 5)]
    [InlineData("s", -1, 5)]
    [InlineData("s", 0, 0)]
    public async Task SubscribeAsync_MalformedScheduling_IsRefused(string study, int memory, int attempts)
    {
        var scheduling = new JobScheduling(study) { Requirements = new JobRequirements(MemoryMiB: memory), Retry = new RetryPolicy(attempts) };

        await ThrowsAsync("scheduling-invalid", () => storage.Queue.SubscribeAsync(Request() with { Scheduling = scheduling }, "e1/sft", 0));

        Assert.Null(await storage.Queue.FindAsync(Request().Key));
    }

    private JobRequest Due(TimeSpan after) => Request() with { Scheduling = new JobScheduling(Deadline: storage.Clock.GetUtcNow() + after) };

    private static WorkerStatus Live() => new("host/1", "host", ["compute"], 2, 0, WorkerState.Active, "code", JobKinds.All, new WorkerCapabilities());

    private async Task<JobWaitReason?> ReasonAsync(string spec, WorkerStatus? worker = null)
    {
        if (worker is not null)
        {
            await storage.Queue.BeatAsync(worker);
        }

        return (await storage.Queue.ExplainWaitAsync(Request(spec).Key))?.Reason;
    }

    private async Task<List<string>> ClaimAllAsync(int count)
    {
        var order = new List<string>();
        for (var i = 0; i < count; i++)
        {
            order.Add((await storage.ClaimAsync($"w{i}")).Spec);
        }

        return order;
    }

    public sealed class OnSqlite() : SchedulingTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : SchedulingTests(DatabaseKind.Postgres);
}
