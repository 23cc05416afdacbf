using System.Security.Cryptography;
using System.Text;
using Crescent.Chaos;
using Crescent.Chaos.Campaign;

namespace Crescent.EndToEnd.Tests.Chaos;

public sealed class ChaosTests
{
    /// <summary>A short form of <c>infra/chaos.sh 1000</c>.</summary>
    [Fact]
    public async Task Campaign_FiftyKills_KeepsEveryPromise()
    {
        var log = new StringBuilder();
        var campaign = new ChaosCampaign(new ChaosOptions(Kills: 50, Seed: (ulong)RandomNumberGenerator.GetInt32(int.MaxValue), ["sqlite", "postgres"], KillsInRound: 25, Experiments: 3), line => log.AppendLine(line));

        var passed = await campaign.RunAsync();

        Assert.True(passed, $"{campaign.Summary}\n{campaign.Failure}\n{log}");
    }

    /// <summary>Kills at chosen moments: each interrupted job goes on from its last snapshot, not from an earlier one.</summary>
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
    public void Differences_OtherHash_NamesTheArtifact()
    {
        var expected = new Dictionary<string, string> { ["sft/a"] = new('a', 64), ["sft/b"] = new('b', 64) };
        var found = new Dictionary<string, string> { ["sft/a"] = new('c', 64), ["sft/d"] = new('d', 64) };

        var differences = ChaosComparison.Differences(expected, found);

        Assert.Equal(3, differences.Count);
        Assert.Contains(differences, line => line.StartsWith("sft/a differs", StringComparison.Ordinal));
    }
}
