using Crescent.Server.Experiments;

namespace Crescent.Cli.Tests.Experiments;

internal static class RunSamples
{
    public static ExperimentView View(IReadOnlyList<RunView> runs) =>
        new(new ExperimentSummary("e00000000000001", "gp", "Why?", "running", null, "hash", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, 12), 1, runs);

    public static RunView Run(string run, string phase, int second) => new(
        run, "recovery", $"RL with shuffled rewards from step {run}", phase, false, phase == "failed" ? "The [artifact] is damaged." : null,
        new RunProgress("running", 3, 80, "updates", 1.5, phase == "running" ? 51 : null, "reward 0.4, solved 0.31, a long note about what goes on"), 1, 1, null, null, "key", DateTimeOffset.UnixEpoch,
        phase is "succeeded" or "failed" ? DateTimeOffset.UnixEpoch.AddSeconds(second) : null, null);
}
