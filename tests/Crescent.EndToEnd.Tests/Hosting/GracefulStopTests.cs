using Crescent.Chaos;

namespace Crescent.EndToEnd.Tests.Hosting;

public sealed class GracefulStopTests
{
    [Fact]
    public async Task SigTerm_JobsRunning_SnapshotsReleasesAndTheNextStartGoesOn()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-stop-");
        try
        {
            var data = Path.Combine(folder.FullName, "data");
            var log = Path.Combine(folder.FullName, "server.log");

            // No snapshot comes due by time: the one that is there afterwards was made because of the stop.
            var settings = new[] { ("Crescent__Worker__SnapshotInterval", "01:00:00"), ("Crescent__Worker__HeartbeatInterval", "00:00:00.050") };
            using var first = await ServerProcess.StartAsync(data, log, settings);
            var id = await first.CreateAsync(ChaosSpec.Tiny);
            while (!(await first.ViewAsync(id)).Runs.Any(run => run is { Kind: "base-training", Progress: { State: "running", Done: > 0 } }))
            {
                await Task.Delay(20);
            }

            var exitCode = await first.StopAsync();
            var before = await File.ReadAllTextAsync(log);
            using var second = await ServerProcess.StartAsync(data, log, settings);
            while (!(await second.ViewAsync(id)).Runs.Any(run => run is { Kind: "base-training", Phase: "succeeded" }))
            {
                await Task.Delay(20);
            }

            var stopped = await second.StopAsync();
            var after = (await File.ReadAllTextAsync(log))[before.Length..];

            Assert.Equal((0, 0), (exitCode, stopped));
            Assert.Contains("Released base-training", before, StringComparison.Ordinal);
            Assert.Matches(@"Claimed base-training \w+ epoch 2, from snapshot step [1-9]", after);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
