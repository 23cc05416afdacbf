using System.Collections.Concurrent;
using System.Threading.Channels;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Tests.Workers;

/// <summary>A queue with prepared claims that records what the worker does with them.</summary>
internal sealed class FakeWorkQueue : IWorkQueue
{
    private readonly ConcurrentQueue<JobClaim> claims = new();
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<JobCommitRecord> Commits { get; } = [];

    /// <summary>Keys of the jobs that were given back.</summary>
    public List<string> Released { get; } = [];

    /// <summary>What each heartbeat carried.</summary>
    public Channel<(JobProgress? Progress, IReadOnlyList<MetricPoint> Metrics)> Heartbeats { get; } = Channel.CreateUnbounded<(JobProgress?, IReadOnlyList<MetricPoint>)>();

    public Func<LeaseState> Heartbeat { get; set; } = () => LeaseState.Held;

    public JobFailure? Failure { get; private set; }

    /// <summary><c>released</c>, <c>failed</c> or <c>completed</c>.</summary>
    public Task<string> Ended => ended.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Claims that a call of its own was given.</summary>
    public int Asked { get; private set; }

    public bool HasClaims => !claims.IsEmpty;

    public bool HasEnded => ended.Task.IsCompleted;

    public void Enqueue(JobClaim claim) => claims.Enqueue(claim);

    public Task<JobClaim?> ClaimAsync(WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default)
    {
        var claim = Take();
        Asked += claim is null ? 0 : 1;
        return Task.FromResult(claim);
    }

    public async Task<LeaseRenewal> HeartbeatAsync(JobClaim claim, TimeSpan lease, JobProgress? progress, IReadOnlyList<MetricPoint> metrics, CancellationToken cancellation = default)
    {
        await Heartbeats.Writer.WriteAsync((progress, metrics), cancellation);
        return new LeaseRenewal(Heartbeat());
    }

    public Task<CommitAnswer> CommitAsync(JobClaim claim, JobCommitRecord commit, CancellationToken cancellation = default)
    {
        Commits.Add(commit);
        var completes = commit.Outcomes.Any(outcome => outcome.Kind == OutcomeKinds.Completed);
        if (completes)
        {
            ended.TrySetResult("completed");
        }

        return Task.FromResult(new CommitAnswer(completes));
    }

    public async Task<JobClaim?> CompleteAndClaimAsync(JobClaim claim, JobCommitRecord commit, WorkerIdentity worker, TimeSpan lease, CancellationToken cancellation = default)
    {
        // The answer is there before the test hears of the end.
        var next = Take();
        await CommitAsync(claim, commit, cancellation);
        return next;
    }

    public Task ReleaseAsync(JobClaim claim, CancellationToken cancellation = default)
    {
        Released.Add(claim.Key);
        ended.TrySetResult("released");
        return Task.CompletedTask;
    }

    public Task FailAsync(JobClaim claim, JobFailure failure, CancellationToken cancellation = default)
    {
        Failure = failure;
        ended.TrySetResult("failed");
        return Task.CompletedTask;
    }

    private JobClaim? Take() => claims.TryDequeue(out var claim) ? claim : null;
}
