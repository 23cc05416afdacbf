using Crescent.Storage.Experiments;
using Crescent.Storage.Hosting;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Crescent.Chaos;

/// <summary>Reads, from the data folder of a dead server, which jobs it was running and what they had committed; and afterwards whether each went on from just there.</summary>
public sealed class SnapshotLedger
{
    private readonly List<Interrupted> interrupted = [];

    /// <summary>Interrupted attempts whose job had a snapshot.</summary>
    public int FromSnapshot => interrupted.Count(job => job.SnapshotStep is not null);

    /// <summary>Interrupted attempts whose job had none yet.</summary>
    public int FromZero => interrupted.Count - FromSnapshot;

    /// <summary>Notes the running jobs. The server must be dead.</summary>
    public async Task NoteAsync(string dataFolder, string experiment)
    {
        await using var storage = Open(dataFolder);
        var runs = await storage.GetRequiredService<IExperimentStore>().RunsAsync(experiment);
        interrupted.AddRange(runs.Where(run => run.Job is { Phase: JobPhase.Running }).Select(run => new Interrupted(run.JobKey!, run.Kind, run.Job!.Epoch, run.Job.SnapshotStep)));
    }

    /// <summary>What is wrong with the attempts that followed; empty when each began at the last snapshot.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(string dataFolder)
    {
        await using var storage = Open(dataFolder);
        var history = storage.GetRequiredService<IJobHistory>();
        List<string> problems = [];
        foreach (var job in interrupted.Distinct())
        {
            var next = (await history.AttemptsAsync(job.Key)).FirstOrDefault(attempt => attempt.Epoch == job.Epoch + 1);
            if (next is null)
            {
                problems.Add($"{job.Kind} {job.Key[..12]}: nothing followed epoch {job.Epoch}");
            }
            else if (next.ResumedFrom != job.SnapshotStep)
            {
                problems.Add($"{job.Kind} {job.Key[..12]}: epoch {next.Epoch} began at {Text(next.ResumedFrom)}, the last snapshot was {Text(job.SnapshotStep)}");
            }
        }

        return problems;
    }

    private static ServiceProvider Open(string dataFolder) => new ServiceCollection().AddLogging().AddCrescentStorage(options => options.DataFolder = dataFolder).BuildServiceProvider();

    private static string Text(int? step) => step is { } value ? $"step {value}" : "zero";

    private sealed record Interrupted(string Key, string Kind, long Epoch, int? SnapshotStep);
}
