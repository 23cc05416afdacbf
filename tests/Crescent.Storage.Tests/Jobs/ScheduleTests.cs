using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

/// <summary>One training job for subscribers that want different checkpoints of it, whenever they come.</summary>
public abstract class ScheduleTests(DatabaseKind kind) : IDisposable
{
    private readonly TestStorage storage = new(kind);

    public void Dispose()
    {
        storage.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task SubscribeAsync_TwoSchedules_AreOneJobThatMakesBoth()
    {
        var one = await storage.Queue.SubscribeAsync(Training(0, 4, 8), "e1/sft", 0);
        var other = await storage.Queue.SubscribeAsync(Training(2, 8), "e2/sft", 0);

        Assert.Equal(one.Key, other.Key);
        Assert.Equal([0, 2, 4, 8], (await storage.ClaimAsync()).Schedule!.Missing);
    }

    [Fact]
    public async Task HeartbeatAsync_SubscriberCameMeanwhile_TellsItsSteps()
    {
        await storage.Queue.SubscribeAsync(Training(4, 8), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await MakeAsync(claim, 4);
        await storage.Queue.SubscribeAsync(Training(6, 8), "e2/sft", 0);

        var renewal = await storage.Queue.HeartbeatAsync(claim, Lease, null, []);

        Assert.Equal(LeaseState.Held, renewal.State);
        Assert.Equal([4, 6, 8], renewal.Schedule!.Steps);
        Assert.Equal([6, 8], renewal.Schedule.Missing);
    }

    [Fact]
    public async Task CommitAsync_CompletedWithNothingMissing_Succeeds()
    {
        await FinishAsync(4, 8);

        var view = (await storage.Queue.FindAsync(Training().Key))!;
        Assert.Equal(JobPhase.Succeeded, view.Phase);
        Assert.Equal("succeeded", Assert.Single(await storage.Queue.AttemptsAsync(view.Key)).Ending);
    }

    [Fact]
    public async Task CommitAsync_CompletedPastAStepWantedLate_WaitsForAnAttemptThatMakesIt()
    {
        await storage.Queue.SubscribeAsync(Training(4, 8), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await MakeAsync(claim, 4);
        await storage.Queue.SubscribeAsync(Training(2, 8), "e2/sft", 0);
        var answer = await EndAsync(claim, 8);

        Assert.True(answer.Ended);
        Assert.Equal(JobPhase.Queued, (await storage.Queue.FindAsync(claim.Key))!.Phase);
        Assert.Equal(["checkpoint:4", "checkpoint:8", "completed:0"], await ToldAsync("e1/sft"));
        await ThrowsAsync("lease-lost", () => MakeAsync(claim, 2));

        var replay = await storage.ClaimAsync();
        Assert.Equal((null, true), (replay.SnapshotStep, replay.Schedule!.Completed));
        Assert.Equal([2], replay.Schedule.Missing);
        Assert.True((await MakeAsync(replay, 2)).Ended);
        Assert.Equal(JobPhase.Succeeded, (await storage.Queue.FindAsync(claim.Key))!.Phase);
        Assert.Equal(["succeeded", "replayed"], (await storage.Queue.AttemptsAsync(claim.Key)).Select(attempt => attempt.Ending));
        Assert.Equal(["checkpoint:4", "checkpoint:8", "completed:0", "checkpoint:2"], await ToldAsync("e2/sft"));
    }

    [Fact]
    public async Task SubscribeAsync_FinishedJobAndAStepThatItLacks_GoesOnFromTheNearestSnapshot()
    {
        await FinishAsync(0, 4, 8, 16);

        var view = await storage.Queue.SubscribeAsync(Training(6, 12), "e2/sft", 0);

        Assert.Equal((false, JobPhase.Queued), (view.Hit, view.Phase));
        Assert.Equal(["checkpoint:0", "checkpoint:4", "checkpoint:8", "checkpoint:16", "completed:0"], await ToldAsync("e2/sft"));
        var first = await storage.ClaimAsync();
        Assert.Equal(4, first.SnapshotStep);
        Assert.Equal(4, (await storage.Queue.AttemptsAsync(first.Key))[^1].ResumedFrom);
        Assert.Equal([6], first.Schedule!.Missing);
        var answer = await MakeAsync(first, 6);
        Assert.Equal((false, true), (answer.Ended, answer.Schedule!.IsDoneAfter(6)));
        await storage.Queue.ReleaseAsync(first);

        var second = await storage.ClaimAsync();
        Assert.Equal(8, second.SnapshotStep);
        Assert.Equal([12], second.Schedule!.Missing);
        Assert.True((await MakeAsync(second, 12)).Ended);
        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
    }

    [Fact]
    public async Task SubscribeAsync_StepsThatAreThere_IsAHit()
    {
        await FinishAsync(0, 4, 8);

        var view = await storage.Queue.SubscribeAsync(Training(4, 8), "e2/sft", 0);

        Assert.Equal((true, JobPhase.Succeeded), (view.Hit, view.Phase));
        Assert.Null(await storage.Queue.ClaimAsync(Worker(), Lease));
    }

    [Fact]
    public async Task SubscribeAsync_SameRunWithMoreSteps_AddsThemWhetherOrNotItHadDetached()
    {
        await FinishAsync(4, 8);
        await storage.Queue.SubscribeAsync(Training(4, 6, 8), "e1/sft", 0);
        await storage.Queue.SubscribeAsync(Training(4, 8), "e1/sft", 0);

        var claim = await storage.ClaimAsync();
        Assert.Equal([6], claim.Schedule!.Missing);
        await MakeAsync(claim, 6);
        await storage.Queue.ForgetAsync("e1/sft");
        await storage.Queue.SubscribeAsync(Training(4, 6, 7, 8), "e1/sft", 0);

        Assert.Equal([7], (await storage.ClaimAsync()).Schedule!.Missing);
    }

    [Fact]
    public async Task UnsubscribeAsync_WhoMissedAStep_LetsTheJobRestAsSucceeded()
    {
        await FinishAsync(4, 8);
        await storage.Queue.SubscribeAsync(Training(6), "e2/sft", 0);

        await storage.Queue.UnsubscribeAsync("e2/sft");

        Assert.Equal(JobPhase.Succeeded, (await storage.Queue.FindAsync(Training().Key))!.Phase);
        Assert.True((await storage.Queue.SubscribeAsync(Training(8), "e3/sft", 0)).Hit);
    }

    [Fact]
    public async Task UnsubscribeAsync_WhoMissedAStepThatIsBeingMade_EndsTheAttemptWithItsNextWrite()
    {
        await FinishAsync(4, 8);
        await storage.Queue.SubscribeAsync(Training(6), "e2/sft", 0);
        var claim = await storage.ClaimAsync();
        await storage.Queue.UnsubscribeAsync("e2/sft");
        await storage.Queue.ForgetAsync("e1/sft");

        Assert.Equal(LeaseState.StopRequested, (await storage.Queue.HeartbeatAsync(claim, Lease, null, [])).State);
        await storage.Queue.ReleaseAsync(claim);

        Assert.Equal(JobPhase.Succeeded, (await storage.Queue.FindAsync(claim.Key))!.Phase);
    }

    [Fact]
    public async Task FailAsync_WhileMakingAStepWantedLate_LeavesWhatIsThereToOthers()
    {
        await FinishAsync(4, 8);
        await storage.Queue.SubscribeAsync(Training(6), "e2/sft", 0);
        await storage.Queue.FailAsync(await storage.ClaimAsync(), new JobFailure("x", "y", Retryable: false));
        Assert.NotNull((await storage.Queue.ReadDeliveryAsync("e2/sft"))!.Failure);
        await storage.Queue.ForgetAsync("e2/sft");

        var view = await storage.Queue.SubscribeAsync(Training(4, 8), "e3/sft", 0);

        Assert.Equal((true, JobPhase.Succeeded, null), (view.Hit, view.Phase, view.Failure));
        await storage.Queue.SubscribeAsync(Training(6), "e2/sft", 0);
        Assert.Equal([6], (await storage.ClaimAsync()).Schedule!.Missing);
    }

    [Fact]
    public async Task ClaimAsync_KilledWhileMakingAStepWantedLate_BeginsAgainAtTheSameSnapshot()
    {
        await FinishAsync(0, 4, 8);
        await storage.Queue.SubscribeAsync(Training(6), "e2/sft", 0);
        await storage.ClaimAsync();
        storage.Clock.Advance(Lease);

        var again = await storage.ClaimAsync("w2");

        Assert.Equal((3, 4), (again.Epoch, again.SnapshotStep));
        Assert.Equal([6], again.Schedule!.Missing);
    }

    [Fact]
    public async Task SubscribeAsync_DamagedCheckpoint_IsMadeAgainAloneFromTheSnapshotBefore()
    {
        var damaged = await FinishAsync(0, 4, 8);
        await File.WriteAllTextAsync(storage.PathOf(damaged[1]), "flipped");

        var view = await storage.Queue.SubscribeAsync(Training(0, 8), "e2/sft", 0);

        Assert.False(view.Hit);
        var claim = await storage.ClaimAsync();
        Assert.Equal((4, true), (claim.SnapshotStep, claim.Schedule!.Completed));
        Assert.Equal([4], claim.Schedule.Missing);
        Assert.True((await MakeAsync(claim, 4)).Ended);
        Assert.True((await storage.Queue.SubscribeAsync(Training(0, 4, 8), "e3/sft", 0)).Hit);
    }

    [Fact]
    public async Task ClaimAsync_NoSnapshotLeftAfterTheEnd_BeginsAtZero()
    {
        await FinishAsync(0, 4, 8);
        await storage.Queue.SubscribeAsync(Training(6), "e2/sft", 0);
        foreach (var step in new[] { 0, 4 })
        {
            File.Delete(storage.PathOf((await storage.SnapshotAsync(step)).Snapshot!));
        }

        Assert.Null((await storage.ClaimAsync()).SnapshotStep);
    }

    [Fact]
    public async Task CommitAsync_ManySnapshots_KeepsTheLastTwoAndThoseAtCheckpoints()
    {
        await storage.Queue.SubscribeAsync(Training(4, 8), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        await MakeAsync(claim, 4);
        for (var step = 5; step < 8; step++)
        {
            await storage.Queue.CommitAsync(claim, await storage.SnapshotAsync(step));
        }

        await EndAsync(claim, 8);

        Assert.Equal([4, 7, 8], await storage.Database.ReadAsync(session => session.Query($"SELECT step FROM job_snapshot ORDER BY step", row => row.Number(0))));
    }

    private static JobRequest Training(params int[] checkpoints) => Request() with { Checkpoints = checkpoints };

    /// <summary>Trains to the end with checkpoints at these steps, for a run that stays subscribed; returns the checkpoints.</summary>
    private async Task<IReadOnlyList<ArtifactReference>> FinishAsync(params int[] steps)
    {
        await storage.Queue.SubscribeAsync(Training(steps), "e1/sft", 0);
        var claim = await storage.ClaimAsync();
        foreach (var step in steps[..^1])
        {
            await MakeAsync(claim, step);
        }

        await EndAsync(claim, steps[^1]);
        var delivery = (await storage.Queue.ReadDeliveryAsync("e1/sft"))!;
        return [.. delivery.Outcomes.SelectMany(outcome => outcome.Artifacts)];
    }

    private async Task<CommitAnswer> MakeAsync(JobClaim claim, int step) => await storage.Queue.CommitAsync(claim, await CheckpointAsync(step));

    private async Task<CommitAnswer> EndAsync(JobClaim claim, int step)
    {
        var last = await CheckpointAsync(step);
        return await storage.Queue.CommitAsync(claim, last with { Outcomes = [.. last.Outcomes, .. Completed.Outcomes] });
    }

    /// <summary>A checkpoint with the snapshot of its step.</summary>
    private async Task<JobCommitRecord> CheckpointAsync(int step) => (await storage.CheckpointAsync(step)) with { Snapshot = (await storage.SnapshotAsync(step)).Snapshot, Step = step };

    private async Task<IEnumerable<string>> ToldAsync(string run) => (await storage.Queue.ReadDeliveryAsync(run))!.Outcomes.Select(outcome => $"{outcome.Kind}:{outcome.Step}");

    public sealed class OnSqlite() : ScheduleTests(DatabaseKind.Sqlite);

    public sealed class OnPostgres() : ScheduleTests(DatabaseKind.Postgres);
}
