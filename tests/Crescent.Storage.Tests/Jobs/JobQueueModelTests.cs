using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;
using FsCheck;
using FsCheck.Fluent;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Jobs;

/// <summary>Random interleavings of everything that grains, workers and time do to two jobs, against a model of a page.</summary>
public sealed class JobQueueModelTests
{
    private static readonly string[] Runs = ["e1/a", "e1/b", "e2/a"];
    private static readonly JobRequest[] Requests = [Request("one", maxAttempts: 2), Request("two", maxAttempts: 3)];

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 60)]
    [InlineData(DatabaseKind.Postgres, 15)]
    public void Queue_AnyInterleaving_AgreesWithTheModel(DatabaseKind kind, int cases)
    {
        using var storage = new TestStorage(kind);
        var operations = Gen.Choose(0, 10_000).ArrayOf().ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases).WithEndSize(80), Prop.ForAll(operations, codes => Agree(storage, codes)));
    }

    // FsCheck has no asynchronous properties.
    private static void Agree(TestStorage storage, int[] codes) => CheckAsync(storage, codes).GetAwaiter().GetResult();

    private static async Task CheckAsync(TestStorage storage, int[] codes)
    {
        await ClearAsync(storage);
        var snapshot = await storage.PutAsync("snapshot", "snapshot", ArtifactKinds.Snapshot);
        var model = new JobQueueModel(storage.Clock);
        foreach (var code in codes)
        {
            await ApplyAsync(storage, model, snapshot, code);
            await CompareAsync(storage, model);
        }
    }

    private static async Task ApplyAsync(TestStorage storage, JobQueueModel model, ArtifactReference snapshot, int code)
    {
        var queue = storage.Queue;
        var (operation, rest) = (code % 12, code / 12);
        var run = Runs[rest % Runs.Length];
        var request = Requests[rest / Runs.Length % Requests.Length];
        var claim = model.Claims.Count == 0 ? null : model.Claims[^(1 + (rest % Math.Min(3, model.Claims.Count)))];
        switch (operation)
        {
            case 0 or 1:
                await queue.SubscribeAsync(request, run, rest % 2);
                model.Subscribe(request, run, rest % 2);
                break;
            case 2:
                await queue.UnsubscribeAsync(run);
                model.Unsubscribe(run);
                break;
            case 3 or 4:
                model.Claimed(await queue.ClaimAsync(Worker($"w{rest % 3}"), Lease), $"w{rest % 3}", Lease);
                break;
            case 5 when claim is not null:
                await FencedAsync(model.Commit(claim, OutcomeKinds.Checkpoint, rest % 4), () => queue.CommitAsync(claim, Outcome(OutcomeKinds.Checkpoint, rest % 4)));
                break;
            case 6 when claim is not null:
                await FencedAsync(model.CommitSnapshot(claim, rest % 50), () => queue.CommitAsync(claim, new JobCommitRecord(snapshot, rest % 50, [], [])));
                break;
            case 7 when claim is not null && rest % 2 == 0 && claim.Owner is var owner:
                await FencedAsync(model.Commit(claim, OutcomeKinds.Completed, 0), async () =>
                {
                    // What the commit does not claim is asked for, as a slot does.
                    var next = await queue.CompleteAndClaimAsync(claim, Completed, Worker(owner), Lease) ?? await queue.ClaimAsync(Worker(owner), Lease);
                    model.Claimed(next, owner, Lease);
                });
                break;
            case 7 when claim is not null:
                await FencedAsync(model.Commit(claim, OutcomeKinds.Completed, 0), () => queue.CommitAsync(claim, Completed));
                break;
            case 8 when claim is not null:
                Assert.Equal(model.Heartbeat(claim, Lease), (await queue.HeartbeatAsync(claim, Lease, null, [])).State);
                break;
            case 9 when claim is not null:
                await FencedAsync(model.Release(claim), () => queue.ReleaseAsync(claim));
                break;
            case 10 when claim is not null:
                await FencedAsync(model.Fail(claim, retryable: rest % 3 > 0), () => queue.FailAsync(claim, new JobFailure("x", "y", rest % 3 > 0)));
                break;
            case 11:
                storage.Clock.Advance(rest % 2 == 0 ? TimeSpan.FromSeconds(1) : Lease);
                break;
        }

        if (code % 5 == 0)
        {
            await queue.AcknowledgeAsync(run, rest % 4, failure: rest % 2 == 0);
            model.Acknowledge(run, rest % 4, rest % 2 == 0);
        }
    }

    private static Task FencedAsync(bool accepted, Func<Task> write) => accepted ? write() : ThrowsAsync("lease-lost", write);

    private static async Task CompareAsync(TestStorage storage, JobQueueModel model)
    {
        foreach (var request in Requests)
        {
            var view = await storage.Queue.FindAsync(request.Key);
            Assert.Equal(model.View(request.Key), view is null ? null : (view.Phase, view.Epoch, view.Owner, view.Attempts, view.SnapshotStep));
        }

        foreach (var run in Runs)
        {
            var delivery = await storage.Queue.ReadDeliveryAsync(run);
            Assert.Equal(model.Delivery(run), delivery is null ? null : (string.Join(' ', delivery.Outcomes.Select(outcome => $"{outcome.Kind}:{outcome.Step}")), delivery.Failure is not null));
        }

        Assert.Equal(model.Pending(Runs), (await storage.Queue.PendingRunsAsync(10)).Order(StringComparer.Ordinal));
    }

    private static Task ClearAsync(TestStorage storage) => storage.Database.WriteAsync(session =>
    {
        session.Execute($"DELETE FROM job_outcome");
        session.Execute($"DELETE FROM job_snapshot");
        session.Execute($"DELETE FROM job_attempt");
        session.Execute($"DELETE FROM job_subscription");
        session.Execute($"DELETE FROM job");
    });
}
