using Crescent.Abstractions.Experiments;
using Crescent.Grains.Tests.Hosting;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>
/// The plan of today reads the logs of earlier days and decides the same. Where a change was wanted that breaks one, raise <c>ExperimentPlan.Version</c> and keep what is committed; a history of the new version is recorded beside it: CRESCENT_UPDATE_SNAPSHOTS=1 writes those that are missing.
/// </summary>
public sealed class HistoryTests
{
    public static TheoryData<string> Names => [.. History.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Replay_CommittedHistory_GivesTheSameDecisions(string name)
    {
        var path = Path.Combine(Folder(), $"{name}.json");
        if (Environment.GetEnvironmentVariable("CRESCENT_UPDATE_SNAPSHOTS") == "1" && !File.Exists(path))
        {
            using var folder = new TemporaryFolder();
            Directory.CreateDirectory(Folder());
            await File.WriteAllTextAsync(path, JobJson.Write(await History.RecordAsync(name, folder.Path)) + "\n", TestContext.Current.CancellationToken);
        }

        var history = JobJson.Read<History>(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        var (state, events) = Replay.Of(history.Events, history.Specs.ToDictionary(spec => spec.Key, spec => JobJson.Read<ExperimentSpec>(spec.Value)), history.Submitted);

        Assert.Equal(history.Events.Select(JobJson.Write), events.Select(JobJson.Write));
        Assert.True(Phases.IsTerminal(state.Phase), state.Phase);
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "tests", "Crescent.Grains.Tests", "Experiments", "Histories");
    }
}
