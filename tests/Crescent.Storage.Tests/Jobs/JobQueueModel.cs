using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;

namespace Crescent.Storage.Tests.Jobs;

/// <summary>What the queue should do, in memory and without a thought of speed.</summary>
internal sealed class JobQueueModel(TimeProvider clock)
{
    private readonly Dictionary<string, Job> jobs = [];
    private readonly Dictionary<string, Subscription> subscriptions = [];

    public List<JobClaim> Claims { get; } = [];

    public void Subscribe(JobRequest request, string run, int priority)
    {
        if (!jobs.TryGetValue(request.Key, out var job))
        {
            jobs.Add(request.Key, job = new Job { Key = request.Key, Age = jobs.Count, MaxAttempts = request.Scheduling.Retry!.MaxAttempts, Phase = JobPhase.Queued });
        }

        var earlier = subscriptions.GetValueOrDefault(run);
        if (earlier is { Active: true } && earlier.Job == job)
        {
            return;
        }

        Unsubscribe(run);
        subscriptions[run] = new Subscription { Job = job, Active = true, Priority = priority, Acknowledged = earlier?.Job == job ? earlier.Acknowledged : 0 };
        if (job.Phase is JobPhase.Failed or JobPhase.Parked)
        {
            job.Attempts = job.Phase == JobPhase.Failed ? 0 : job.Attempts;
            job.Phase = JobPhase.Queued;
            job.NotBefore = clock.GetUtcNow();
        }
    }

    public void Unsubscribe(string run)
    {
        if (subscriptions.GetValueOrDefault(run) is { Active: true } subscription)
        {
            subscription.Active = false;
            if (subscription.Job.Phase == JobPhase.Queued && !IsWanted(subscription.Job))
            {
                subscription.Job.Phase = JobPhase.Parked;
            }
        }
    }

    /// <summary>Checks that the queue gave the best job, or none when there is none.</summary>
    public void Claimed(JobClaim? claim, string worker, TimeSpan lease)
    {
        var now = clock.GetUtcNow();
        foreach (var expired in jobs.Values.Where(job => job.Phase == JobPhase.Running && job.LeaseUntil <= now))
        {
            expired.Owner = null;
            expired.Phase = expired.Attempts >= expired.MaxAttempts ? JobPhase.Failed : IsWanted(expired) ? JobPhase.Queued : JobPhase.Parked;
            expired.NotBefore = now;
        }

        var best = jobs.Values.Where(job => job.Phase == JobPhase.Queued && job.NotBefore <= now).OrderByDescending(Priority).ThenBy(job => job.Age).FirstOrDefault();
        Assert.Equal(best?.Key, claim?.Key);
        if (best is null || claim is null)
        {
            return;
        }

        (best.Phase, best.Owner, best.LeaseUntil, best.HasCommitted) = (JobPhase.Running, worker, now + lease, false);
        best.Epoch++;
        best.Attempts++;
        Assert.Equal((best.Epoch, best.Owner, best.SnapshotStep), (claim.Epoch, claim.Owner, claim.SnapshotStep));
        Claims.Add(claim);
    }

    public bool Commit(JobClaim claim, string kind, int step)
    {
        if (Held(claim) is not { } job)
        {
            return false;
        }

        if (!job.Outcomes.Contains((kind, step)))
        {
            job.Outcomes.Add((kind, step));
        }

        if (kind == OutcomeKinds.Completed)
        {
            (job.Phase, job.Owner) = (JobPhase.Succeeded, null);
        }

        return true;
    }

    public bool CommitSnapshot(JobClaim claim, int step)
    {
        if (Held(claim) is not { } job)
        {
            return false;
        }

        job.Attempts -= job.HasCommitted ? 0 : 1;
        job.HasCommitted = true;
        job.SnapshotStep = step;
        return true;
    }

    public LeaseState Heartbeat(JobClaim claim, TimeSpan lease)
    {
        if (Held(claim) is not { } job)
        {
            return LeaseState.Lost;
        }

        job.LeaseUntil = clock.GetUtcNow() + lease;
        return IsWanted(job) ? LeaseState.Held : LeaseState.StopRequested;
    }

    public bool Release(JobClaim claim)
    {
        if (Held(claim) is not { } job)
        {
            return false;
        }

        job.Attempts -= job.HasCommitted ? 0 : 1;
        GiveBack(job, clock.GetUtcNow());
        return true;
    }

    public bool Fail(JobClaim claim, bool retryable)
    {
        if (Held(claim) is not { } job)
        {
            return false;
        }

        if (retryable && job.Attempts < job.MaxAttempts)
        {
            GiveBack(job, clock.GetUtcNow() + new RetryPolicy().Backoff(job.Attempts));
        }
        else
        {
            (job.Phase, job.Owner) = (JobPhase.Failed, null);
        }

        return true;
    }

    public void Acknowledge(string run, int sequence, bool failure)
    {
        if (subscriptions.GetValueOrDefault(run) is { } subscription)
        {
            subscription.Acknowledged = Math.Max(subscription.Acknowledged, Math.Min(sequence, subscription.Job.Outcomes.Count));
            subscription.FailureAcknowledged |= failure;
        }
    }

    public (JobPhase Phase, long Epoch, string? Owner, int Attempts, int? SnapshotStep)? View(string key)
    {
        if (!jobs.TryGetValue(key, out var job))
        {
            return null;
        }

        var expired = job.Phase == JobPhase.Running && job.LeaseUntil <= clock.GetUtcNow();
        return (expired ? IsWanted(job) ? JobPhase.Queued : JobPhase.Parked : job.Phase, job.Epoch, expired ? null : job.Owner, job.Attempts, job.SnapshotStep);
    }

    public (string Outcomes, bool Failed)? Delivery(string run) => subscriptions.GetValueOrDefault(run) is { Active: true } subscription
        ? (string.Join(' ', subscription.Job.Outcomes.Skip(subscription.Acknowledged).Select(outcome => $"{outcome.Kind}:{outcome.Step}")), subscription.Job.Phase == JobPhase.Failed && !subscription.FailureAcknowledged)
        : null;

    public IEnumerable<string> Pending(IEnumerable<string> runs) => runs.Where(run => Delivery(run) is { } delivery && (delivery.Outcomes.Length > 0 || delivery.Failed)).Order(StringComparer.Ordinal);

    private Job? Held(JobClaim claim) => jobs[claim.Key] is { Phase: JobPhase.Running } job && job.Epoch == claim.Epoch && job.LeaseUntil > clock.GetUtcNow() ? job : null;

    private bool IsWanted(Job job) => subscriptions.Values.Any(subscription => subscription.Active && subscription.Job == job);

    private int Priority(Job job) => subscriptions.Values.Where(subscription => subscription.Active && subscription.Job == job).Max(subscription => subscription.Priority);

    private void GiveBack(Job job, DateTimeOffset notBefore) => (job.Phase, job.Owner, job.NotBefore) = (IsWanted(job) ? JobPhase.Queued : JobPhase.Parked, null, notBefore);

    private sealed class Job
    {
        public required string Key { get; init; }
        public required int Age { get; init; }
        public required int MaxAttempts { get; init; }
        public required JobPhase Phase { get; set; }
        public long Epoch { get; set; }
        public string? Owner { get; set; }
        public DateTimeOffset LeaseUntil { get; set; }
        public DateTimeOffset NotBefore { get; set; }
        public int Attempts { get; set; }
        public bool HasCommitted { get; set; }
        public int? SnapshotStep { get; set; }
        public List<(string Kind, int Step)> Outcomes { get; } = [];
    }

    private sealed class Subscription
    {
        public required Job Job { get; init; }
        public required bool Active { get; set; }
        public required int Priority { get; init; }
        public required int Acknowledged { get; set; }
        public bool FailureAcknowledged { get; set; }
    }
}
