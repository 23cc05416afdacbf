using System.Globalization;

namespace Crescent.Storage.Jobs;

/// <summary>Why a job that is wanted does not run.</summary>
/// <param name="Message">For people: what is missing, and what would help.</param>
/// <param name="Until">When the wait is over by itself; null: not known.</param>
public sealed record JobWait(JobWaitReason Reason, string Message, DateTimeOffset? Until = null)
{
    /// <param name="job">Queued.</param>
    /// <param name="workers">All that the registry has.</param>
    internal static JobWait Of(QueuedJob job, IReadOnlyList<WorkerStatus> workers, DateTimeOffset now)
    {
        var live = workers.Where(worker => worker.Slots > 0 && worker.IsLive(now)).ToList();
        var active = live.Where(worker => worker.State == WorkerState.Active).ToList();
        var sameCode = active.Where(worker => worker.CodeHash == job.CodeHash).ToList();
        var able = sameCode.Where(worker => worker.Kinds.Contains(job.Kind) && worker.Capabilities.Meet(job.Requirements)).ToList();
        if (job.NotBefore > now)
        {
            return new JobWait(JobWaitReason.NotBefore, Say($"The last attempt failed; the next may begin at {job.NotBefore:yyyy-MM-dd HH:mm:ss}Z."), job.NotBefore);
        }

        if (active.Count == 0)
        {
            return new JobWait(JobWaitReason.NoWorker, live.Count == 0 ? "No worker is alive. Start one." : "Every live worker is draining. Start another.");
        }

        if (sameCode.Count == 0)
        {
            return new JobWait(JobWaitReason.NoWorkerWithCode, Say($"No live worker has the code {job.CodeHash} that the job was made for. Start one of that version."));
        }

        if (able.Count == 0)
        {
            return new JobWait(JobWaitReason.NoWorkerWithCapability, Say($"No live worker can run {job.Kind} with {Describe(job.Requirements)}. Start one that has them, or ask for less."));
        }

        if (job.StudyLimit is { } limit && job.StudyRunning >= limit)
        {
            return new JobWait(JobWaitReason.StudyLimit, Say($"Study {job.Study} runs {job.StudyRunning} jobs, and its limit is {limit}."));
        }

        return able.Any(worker => worker.Busy < worker.Slots)
            ? new JobWait(JobWaitReason.Starting, "A worker with a free slot will claim it at its next look at the queue.")
            : new JobWait(JobWaitReason.Busy, "Every slot that could run it has a job; it waits for its turn.");
    }

    private static string Describe(JobRequirements requirements)
    {
        string?[] parts =
        [
            requirements.Engine is { } engine ? $"engine {engine}" : null,
            requirements.MemoryMiB > 0 ? Say($"{requirements.MemoryMiB} MiB") : null,
            requirements.Accelerator is { } accelerator ? $"accelerator {accelerator}" : null,
            requirements.Labels.Count > 0 ? $"labels {string.Join(", ", requirements.Labels)}" : null,
        ];
        return parts.Any(part => part is not null) ? string.Join(", ", parts.Where(part => part is not null)) : "no requirements";
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

public enum JobWaitReason
{
    /// <summary>Backoff after a failed attempt.</summary>
    NotBefore,
    NoWorker,
    NoWorkerWithCode,

    /// <summary>None has the kind, engine, memory, accelerator or labels.</summary>
    NoWorkerWithCapability,

    /// <summary>Its study runs as many jobs as it may.</summary>
    StudyLimit,

    /// <summary>All slots are taken.</summary>
    Busy,

    /// <summary>Nothing is in the way.</summary>
    Starting,
}

/// <summary>What decides whether a queued job may run.</summary>
internal sealed record QueuedJob(string Kind, string CodeHash, JobRequirements Requirements, DateTimeOffset NotBefore, string? Study, int StudyRunning, int? StudyLimit);
