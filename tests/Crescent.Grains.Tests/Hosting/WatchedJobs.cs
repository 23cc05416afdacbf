using Crescent.Storage.Jobs;

namespace Crescent.Grains.Tests.Hosting;

/// <summary>The job queue, with switches that make it fail around a subscription.</summary>
internal sealed class WatchedJobs(IJobQueue inner) : IJobQueue
{
    private int subscriptions;

    /// <summary>Asked after each subscription, which is made: true: the caller never hears of it.</summary>
    public Func<string, bool> LosesAnswer { get; set; } = _ => false;

    public int Subscriptions => Volatile.Read(ref subscriptions);

    public async Task<JobView> SubscribeAsync(JobRequest request, string runId, int priority, CancellationToken cancellation = default)
    {
        var job = await inner.SubscribeAsync(request, runId, priority, cancellation);
        Interlocked.Increment(ref subscriptions);
        return LosesAnswer(runId) ? throw new IOException("The answer is lost, as the test asks.") : job;
    }

    public Task UnsubscribeAsync(string runId, CancellationToken cancellation = default) => inner.UnsubscribeAsync(runId, cancellation);

    public Task ForgetAsync(string runId, CancellationToken cancellation = default) => inner.ForgetAsync(runId, cancellation);

    public Task<IReadOnlyList<string>> PendingRunsAsync(int limit, CancellationToken cancellation = default) => inner.PendingRunsAsync(limit, cancellation);

    public Task<JobDelivery?> ReadDeliveryAsync(string runId, CancellationToken cancellation = default) => inner.ReadDeliveryAsync(runId, cancellation);

    public Task AcknowledgeAsync(string runId, int sequence, bool failure, CancellationToken cancellation = default) => inner.AcknowledgeAsync(runId, sequence, failure, cancellation);

    public Task<JobView?> FindAsync(string key, CancellationToken cancellation = default) => inner.FindAsync(key, cancellation);

    public Task LimitStudyAsync(string study, int? maxRunning, CancellationToken cancellation = default) => inner.LimitStudyAsync(study, maxRunning, cancellation);

    public Task<JobWait?> ExplainWaitAsync(string key, CancellationToken cancellation = default) => inner.ExplainWaitAsync(key, cancellation);

    public Task<int> SweepAsync(CancellationToken cancellation = default) => inner.SweepAsync(cancellation);
}
