using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Grains.Runs;
using Crescent.Grains.State;
using Crescent.Grains.Tests.Experiments;

namespace Crescent.Grains.Tests.State;

public sealed class StateSerializerTests
{
    private readonly StateSerializer serializer = new();

    [Fact]
    public void Serialize_ReadBack_IsTheSameAndNamesNoClass()
    {
        var stored = serializer.Serialize(new RunRecord { Command = 3, Wanted = true, JobKey = "k" });

        Assert.Equal("""{"state":"crescent.run","version":1,"value":{"command":3,"wanted":true,"jobKey":"k","cached":false}}""", stored.ToString());
        Assert.Equal(new RunRecord { Command = 3, Wanted = true, JobKey = "k" }, serializer.Deserialize<RunRecord>(stored));
    }

    [Theory]
    [InlineData("""{"state":"crescent.run","version":2,"value":{}}""", "version 2")]
    [InlineData("""{"state":"crescent.experiment","version":1,"value":{}}""", "crescent.experiment")]
    [InlineData("""{"state":"crescent.run","version":1,"value":{"other":1}}""", "other")]
    [InlineData("""[]""", "damaged")]
    [InlineData("""{"state":""", "damaged")]
    public void Deserialize_SomethingElse_SaysWhat(string stored, string says)
    {
        var error = Assert.Throws<CrescentException>(() => serializer.Deserialize<RunRecord>(new BinaryData(stored)));

        Assert.Equal("state-unreadable", error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deserialize_AnExperimentOfVersion1_IsUpgraded()
    {
        var stored = new BinaryData(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "State", "experiment-v1.json")));

        var record = serializer.Deserialize<ExperimentRecord>(stored)!;

        Assert.Equal(("failed", 1, null, 0L), (record.State.Phase, record.State.Plan, record.State.SpecHash, record.State.LastRequest));
        Assert.Equal(record.State.Runs.Where(run => run.Phase == Phases.Succeeded), record.State.Runs.Where(run => run.Completed));
        Assert.Contains(record.State.Runs, run => run.Completed);
        var retried = ExperimentPlan.Next(Specs.Small, record.State, new RetryRequested(DateTimeOffset.UnixEpoch, 1));
        Assert.Equal(["recovery/8", "recovery/16", "recovery/best", "shuffled-reward/8", "both-rules/16"], retried.Commands.Select(command => command.Run));
    }

    [Fact]
    public void Serialize_ATypeWithoutAName_IsRefused() => Assert.Throws<InvalidOperationException>(() => serializer.Serialize(new ExperimentState()));
}
