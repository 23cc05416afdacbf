using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Presets;

public sealed class PresetTests
{
    public static TheoryData<string> Names => [.. Preset.All.Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Specs_EveryPreset_AreValidAndSurviveJson(string name)
    {
        var preset = Preset.ByName(name);
        Assert.Empty(preset.BaseTraining(1).Validate());
        Assert.Empty(preset.Sft(1).Validate());
        Assert.Empty(preset.Recovery(1).Validate());
        Assert.Empty(preset.BothRules(1).Validate());
        Assert.Empty(preset.ShuffledReward(1).Validate());
        Assert.Empty(preset.Evaluation(1).Validate());
        var text = JobJson.Write(preset.Sft(1));
        Assert.Equal(text, JobJson.Write(JobJson.Read<SftSpec>(text)));
        Assert.Subset(preset.Sft(1).Checkpoints.ToHashSet(), preset.RecoverFrom.ToHashSet());
        Assert.Contains(preset.ClaimStep, preset.RecoverFrom);
    }

    [Fact]
    public void ByName_Unknown_NamesTheChoices() =>
        Assert.Contains("nano, tiny", Assert.Throws<CrescentException>(() => Preset.ByName("huge")).Message, StringComparison.Ordinal);
}
