using System.Security.Cryptography;
using Crescent.Kernels.Jobs;

namespace Crescent.Benchmarks.Studies;

/// <summary>A job without a queue: inputs and artifacts are files, snapshots are never due.</summary>
internal sealed class FolderJob(string folder, string spec, int threads, IReadOnlyDictionary<string, string> inputs) : IJobContext
{
    private readonly Dictionary<string, (double Sum, int Count)> metrics = [];

    public string Spec => spec;

    public int Threads => threads;

    public bool SnapshotDue => false;

    public CheckpointSchedule Schedule { get; init; } = CheckpointSchedule.None;

    public IReadOnlyList<string> InputNames { get; } = [.. inputs.Keys.Order(StringComparer.Ordinal)];

    public string? Completed { get; private set; }

    /// <summary>The last value of each metric, for people.</summary>
    public string Summary => string.Join(" ", metrics.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value.Sum / pair.Value.Count:0.###}"));

    public string InputHash(string name)
    {
        using var stream = OpenInput(name);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public Stream OpenInput(string name) => File.OpenRead(inputs[name]);

    public Stream? OpenSnapshot() => null;

    public void ThrowIfStopped()
    {
    }

    public void Commit(JobCommit commit)
    {
        foreach (var outcome in commit.Outcomes)
        {
            Directory.CreateDirectory(folder);
            foreach (var artifact in outcome.Artifacts)
            {
                using var stream = File.Create(Path.Combine(folder, artifact.Name));
                artifact.Write(stream);
            }

            Completed = outcome.Kind == OutcomeKinds.Completed ? outcome.Payload : Completed;
        }
    }

    public void Progress(JobProgress progress)
    {
        if (progress.Done * 20 / progress.Total != (progress.Done - 1) * 20 / progress.Total)
        {
            Console.Error.WriteLine($"  {progress.Done}/{progress.Total} {progress.Unit} {progress.Rate:0.0}/s {progress.Note}");
        }
    }

    public void Metric(string name, int step, double value)
    {
        var (sum, count) = metrics.GetValueOrDefault(name);
        metrics[name] = (sum + value, count + 1);
    }
}
