using Crescent.Kernels.Jobs;

namespace Crescent.Storage.Jobs;

/// <param name="Kind">See <see cref="JobKinds"/>.</param>
/// <param name="Spec">The job's own spec, canonical JSON, with its seed and without names.</param>
/// <param name="Inputs">Input name to SHA-256.</param>
/// <param name="CodeHash">Content hash of the kernel and engine assemblies.</param>
public sealed record JobRequest(string Kind, string Spec, IReadOnlyDictionary<string, string> Inputs, string CodeHash)
{
    /// <summary>Where and when it runs. No part of the key: the result does not depend on it.</summary>
    public JobScheduling Scheduling { get; init; } = new();

    /// <summary>Steps whose checkpoints the subscriber wants; null: the job's outcomes follow from its spec. No part of the key: what is trained does not depend on who looks at it when.</summary>
    public IReadOnlyList<int>? Checkpoints { get; init; }

    /// <summary>SHA-256 over kind, spec, sorted inputs and code: equal work has equal keys.</summary>
    public string Key => JobJson.Hash(string.Join('\n', [Kind, Spec, .. Inputs.OrderBy(input => input.Key, StringComparer.Ordinal).Select(input => $"{input.Key}={input.Value}"), CodeHash]));
}

/// <summary>
/// What the queue needs to know of a job beside its work. A job with several subscribers runs for the study of the one with the highest priority (the first by run id among equals), and until the latest of their deadlines.
/// Requirements and retries are those of the subscription that made it, or that queued it again.
/// </summary>
/// <param name="Study">The study it counts for, in the fair share and the limit of running jobs; null: none.</param>
/// <param name="Deadline">A job that has not succeeded by then fails with <c>deadline-exceeded</c>; null: never.</param>
public sealed record JobScheduling(string? Study = null, DateTimeOffset? Deadline = null)
{
    public JobRequirements Requirements { get; init; } = new();

    /// <summary>Null: the queue's own, <see cref="JobQueueOptions"/>.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <exception cref="CrescentException"><c>scheduling-invalid</c>, naming the field.</exception>
    public void Check()
    {
        Require(Study is null or { Length: > 0 and <= 200 }, $"study is {Study?.Length ?? 0} characters long; give 1 to 200, or none");
        Require(Requirements.MemoryMiB >= 0, $"requirements.memoryMiB is {Requirements.MemoryMiB}; give 0 (any) or more");
        Require(Requirements.Labels.Count <= 32 && Requirements.Labels.All(label => label.Length is > 0 and <= 100), "requirements.labels: give at most 32 labels of 1 to 100 characters");
        Require(Requirements.Engine is null or { Length: > 0 and <= 100 } && Requirements.Accelerator is null or { Length: > 0 and <= 100 }, "requirements.engine and requirements.accelerator: give 1 to 100 characters, or none");
        Require(Retry is null or { MaxAttempts: >= 1 and <= 1000 }, $"retry.maxAttempts is {Retry?.MaxAttempts}; give 1 to 1000");
        Require(Retry is null || (Retry.FirstBackoff > TimeSpan.Zero && Retry.LongestBackoff >= Retry.FirstBackoff), "retry: firstBackoff must be positive, and longestBackoff at least as long");

        static void Require(bool condition, string problem)
        {
            if (!condition)
            {
                throw new CrescentException("scheduling-invalid", $"The job is refused: {problem}.");
            }
        }
    }
}

/// <summary>What a worker must have to claim a job. Nothing given: any worker of the right code will do.</summary>
/// <param name="Engine">Name of an engine, such as <c>cpu</c>. An engine that changes the result is in the job's spec too.</param>
/// <param name="MemoryMiB">Memory that the job may use; 0: not known.</param>
/// <param name="Accelerator">Such as <c>cuda</c>.</param>
public sealed record JobRequirements(string? Engine = null, int MemoryMiB = 0, string? Accelerator = null)
{
    /// <summary>All of them must be among the worker's.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}

/// <summary>How often a job is tried, and how long it waits in between. Attempts that committed a snapshot do not count.</summary>
public sealed record RetryPolicy(int MaxAttempts = 5)
{
    /// <summary>Wait after the first failed attempt; doubles with each further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait after <paramref name="attempts"/> attempts that committed nothing.</summary>
    public TimeSpan Backoff(int attempts) => TimeSpan.FromSeconds(Math.Min(LongestBackoff.TotalSeconds, FirstBackoff.TotalSeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 30))));
}
