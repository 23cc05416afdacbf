using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Tests.Reports;

/// <summary>A report job over records in memory; keeps what was committed.</summary>
public sealed class ReportJob(ReportSpec spec, IReadOnlyDictionary<string, object> records) : IJobContext
{
    private readonly Dictionary<string, string> inputs = records.ToDictionary(r => r.Key, r => System.Text.Json.JsonSerializer.Serialize(r.Value, r.Value.GetType(), JobJson.Options), StringComparer.Ordinal);

    public string Spec { get; } = JobJson.Write(spec);

    public IReadOnlyList<string> InputNames => [.. inputs.Keys.Order(StringComparer.Ordinal)];

    public int Threads => 1;

    public bool SnapshotDue => false;

    public CheckpointSchedule Schedule => CheckpointSchedule.None;

    public bool Stopped { get; init; }

    /// <summary>Committed files by name.</summary>
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public List<JobOutcomeDraft> Outcomes { get; } = [];

    public string InputHash(string name) => JobJson.Hash(inputs[name]);

    public Stream OpenInput(string name) => new MemoryStream(Encoding.UTF8.GetBytes(inputs[name]));

    public Stream? OpenSnapshot() => null;

    public void ThrowIfStopped()
    {
        if (Stopped)
        {
            throw new OperationCanceledException();
        }
    }

    public void Commit(JobCommit commit)
    {
        foreach (var outcome in commit.Outcomes)
        {
            Outcomes.Add(outcome);
            foreach (var artifact in outcome.Artifacts)
            {
                using var stream = new MemoryStream();
                artifact.Write(stream);
                Files.Add(artifact.Name, Encoding.UTF8.GetString(stream.ToArray()));
            }
        }
    }

    public void Progress(JobProgress progress)
    {
    }

    public void Metric(string name, int step, double value) => throw new InvalidOperationException("A report has no metrics.");

    public static ReportJob Run(ReportSpec spec)
    {
        var job = new ReportJob(spec, SyntheticExperiment.Records);
        new ReportKernel().Run(job);
        return job;
    }
}
