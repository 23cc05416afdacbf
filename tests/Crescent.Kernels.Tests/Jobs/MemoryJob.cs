using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Kernels.Tests.Jobs;

/// <summary>
/// A job in memory with the commit rules of a real one: a repeated outcome must have the same bytes. It can be told to stop at the n-th step boundary, and run again from what it kept.
/// </summary>
internal sealed class MemoryJob(string spec, IReadOnlyDictionary<string, byte[]> inputs) : IJobContext
{
    private readonly Dictionary<string, string> outcomes = [];

    /// <summary>Bytes of each artifact by name.</summary>
    public Dictionary<string, byte[]> Artifacts { get; } = [];

    public Dictionary<(string Name, int Step), double> Metrics { get; } = [];

    public List<JobProgress> Reports { get; } = [];

    /// <summary>What the next run goes on from: the last one, unless the test puts an earlier one here.</summary>
    public byte[]? Snapshot { get; set; }

    /// <summary>Every snapshot by its step.</summary>
    public Dictionary<int, byte[]> Snapshots { get; } = [];

    /// <summary>Commit a snapshot at every boundary.</summary>
    public bool SnapshotDue { get; set; }

    /// <summary>Step boundaries met so far, over all runs.</summary>
    public int Boundaries { get; private set; }

    /// <summary>Boundary at which the job is told to stop, from 1; 0: never.</summary>
    public int StopAt { get; set; }

    public string Spec { get; } = spec;

    public int Threads { get; set; } = 1;

    public IReadOnlyList<string> InputNames { get; } = [.. inputs.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Steps that subscribers want: those of the spec unless told otherwise.</summary>
    public IReadOnlyList<int> Wanted { get; set; } = JsonNode.Parse(spec)?["checkpoints"]?.Deserialize<List<int>>() ?? [];

    public CheckpointSchedule Schedule => new(Wanted, [.. Wanted.Where(step => !outcomes.ContainsKey($"{OutcomeKinds.Checkpoint} {step}"))], outcomes.ContainsKey($"{OutcomeKinds.Completed} 0"));

    public IReadOnlyDictionary<string, string> Hashes => Artifacts.ToDictionary(pair => pair.Key, pair => Convert.ToHexStringLower(SHA256.HashData(pair.Value)));

    public IReadOnlyCollection<string> Outcomes => outcomes.Keys;

    public string Payload(string kind, int step) => outcomes[$"{kind} {step}"].Split('\n')[0];

    public string InputHash(string name) => Convert.ToHexStringLower(SHA256.HashData(inputs[name]));

    public Stream OpenInput(string name) => new MemoryStream(inputs[name], writable: false);

    public Stream? OpenSnapshot() => Snapshot is null ? null : new MemoryStream(Snapshot, writable: false);

    public void ThrowIfStopped()
    {
        if (++Boundaries == StopAt)
        {
            throw new OperationCanceledException();
        }
    }

    public void Commit(JobCommit commit)
    {
        if (commit.Snapshot is not null)
        {
            Snapshot = Snapshots[commit.Step] = Written(commit.Snapshot);
        }

        foreach (var outcome in commit.Outcomes)
        {
            var hashes = outcome.Artifacts.Select(artifact => $"{artifact.Name} {Convert.ToHexStringLower(SHA256.HashData(Artifacts[artifact.Name] = Written(artifact.Write)))}");
            var told = string.Join('\n', hashes.Prepend(outcome.Payload));
            var key = $"{outcome.Kind} {outcome.Step}";
            if (!outcomes.TryAdd(key, told) && outcomes[key] != told)
            {
                throw new CrescentException("not-deterministic", $"Outcome {key} came again with other bytes.");
            }
        }
    }

    public void Progress(JobProgress progress) => Reports.Add(progress);

    public void Metric(string name, int step, double value)
    {
        if (!Metrics.TryAdd((name, step), value) && !Metrics[(name, step)].Equals(value))
        {
            throw new CrescentException("not-deterministic", $"Metric {name} of step {step} came again with another value.");
        }
    }

    private static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
