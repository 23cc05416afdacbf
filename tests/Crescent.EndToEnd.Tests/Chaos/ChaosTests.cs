using Crescent.Chaos;

namespace Crescent.EndToEnd.Tests.Chaos;

public sealed class ChaosTests
{
    /// <summary>A short form of infra/chaos.sh.</summary>
    [Fact]
    public async Task Run_KilledThreeTimes_MakesTheSameArtifactsFromItsLastSnapshots()
    {
        KillTarget[] targets =
        [
            new("base-training", KillPhase.Middle, TimeSpan.Zero),
            new("recovery", KillPhase.Early, TimeSpan.FromMilliseconds(30)),
            new("intervention", KillPhase.Late, TimeSpan.Zero),
        ];
        var run = new ChaosRun(ChaosSpec.Tiny, _ => { });

        var undisturbed = await run.RunAsync([]);
        var disturbed = await run.RunAsync(targets);

        Assert.NotEmpty(undisturbed.Hashes);
        Assert.Empty(ChaosComparison.Differences(undisturbed.Hashes, disturbed.Hashes));
        Assert.Empty(disturbed.Problems);
        Assert.True(disturbed.FromSnapshot > 0, "No interrupted job had a snapshot: the test proves nothing.");
    }

    [Fact]
    public void Make_AnySeed_SpreadsKillsOverAllKindsAndPhases()
    {
        var plan = KillPlan.Make(35, 5).SelectMany(targets => targets).ToList();

        Assert.Equal(35, plan.Select(target => (target.Kind, target.Phase)).Distinct().Count());
        Assert.Equal(KillPlan.Make(35, 5).SelectMany(targets => targets), plan);
        Assert.NotEqual(KillPlan.Make(35, 6).SelectMany(targets => targets), plan);
    }

    [Fact]
    public void Differences_OtherHash_NamesTheArtifact()
    {
        var expected = new Dictionary<string, string> { ["sft/a"] = new('a', 64), ["sft/b"] = new('b', 64) };
        var found = new Dictionary<string, string> { ["sft/a"] = new('c', 64), ["sft/d"] = new('d', 64) };

        var differences = ChaosComparison.Differences(expected, found);

        Assert.Equal(3, differences.Count);
        Assert.Contains(differences, line => line.StartsWith("sft/a differs", StringComparison.Ordinal));
    }
}
