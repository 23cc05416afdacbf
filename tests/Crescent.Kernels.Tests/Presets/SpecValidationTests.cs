using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Presets;

public sealed class SpecValidationTests
{
    private static readonly TinyPreset Tiny = new();

    public static TheoryData<string, Func<IReadOnlyList<SpecProblem>>> Broken => new()
    {
        { "checkpoints[4]", () => (Tiny.Sft(1) with { Checkpoints = [0, 4, 8, 16, 17] }).Validate() },
        { "checkpoints[1]", () => (Tiny.Sft(1) with { Checkpoints = [4, 4] }).Validate() },
        { "checkpoints", () => (Tiny.Sft(1) with { Checkpoints = [] }).Validate() },
        { "batch", () => (Tiny.Sft(1) with { Batch = 0 }).Validate() },
        { "objective.name", () => (Tiny.Sft(1) with { Objective = new ObjectiveSpec("nonsense") }).Validate() },
        { "learningRate.peak", () => (Tiny.Sft(1) with { LearningRate = new LearningRateSpec(double.NaN) }).Validate() },
        { "mixture", () => (Tiny.BaseTraining(1) with { Mixture = new BaseMixture(Map: 0.2) }).Validate() },
        { "optimizer.beta2", () => (Tiny.BaseTraining(1) with { Optimizer = new() { Beta2 = 1 } }).Validate() },
        { "model.vocabularySize", () => (Tiny.BaseTraining(1) with { Model = Tiny.Model with { VocabularySize = 50 } }).Validate() },
        { "model.heads", () => (Tiny.BaseTraining(1) with { Model = Tiny.Model with { Heads = 3, KeyValueHeads = 3 } }).Validate() },
        { "model.keyValueHeads", () => (Tiny.BaseTraining(1) with { Model = Tiny.Model with { KeyValueHeads = 0 } }).Validate() },
        { "groupSize", () => (Tiny.Recovery(1) with { GroupSize = 1 }).Validate() },
        { "temperature", () => (Tiny.Recovery(1) with { Temperature = 0 }).Validate() },
        { "model.maxPositions", () => (Tiny.Recovery(1) with { Tries = 10 }).Validate() },
        { "task.target", () => (Tiny.Evaluation(1) with { Task = new GeneralPointsSpec { Target = 61 } }).Validate() },
        { "task.outOfDistribution", () => (Tiny.Evaluation(1) with { Task = new GeneralPointsSpec { OutOfDistribution = FaceRule.FacesAsTen } }).Validate() },
        { "task.heldOut", () => (Tiny.Evaluation(1) with { Task = new GeneralPointsSpec { HeldOut = FaceRule.FacesAsTen } }).Validate() },
        { "tries", () => (Tiny.Recovery(1) with { Tries = 0 }).Validate() },
        { "tries", () => (Tiny.Evaluation(1) with { Tries = 11, Model = Tiny.Model with { MaxPositions = 1000 } }).Validate() },
        { "rewards", () => (Tiny.Recovery(1) with { Rewards = new RewardTable(1, 1, 1, 1) }).Validate() },
        { "rewards", () => (Tiny.Recovery(1) with { Rewards = new RewardTable { LimitReached = double.NaN } }).Validate() },
        { "data.examples", () => (Tiny.Sft(1) with { Data = new SftDataSpec(0) }).Validate() },
        { "data.examples", () => (Tiny.Sft(1) with { Data = new SftDataSpec(900_000) }).Validate() },
        { "reportingShare", () => (Tiny.Evaluation(1) with { ReportingShare = 0 }).Validate() },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_OneBrokenField_NamesItAndOnlyIt(string field, Func<IReadOnlyList<SpecProblem>> validate)
    {
        ArgumentNullException.ThrowIfNull(validate);
        Assert.Equal([field], validate().Select(problem => problem.Field));
    }

    [Fact]
    public void Validate_InsideALargerSpec_PrefixesThePath() =>
        Assert.Equal("sft.batch", (Tiny.Sft(1) with { Batch = -1 }).Validate("sft")[0].Field);

    [Fact]
    public void ThrowIfAny_Problems_ThrowsSpecInvalidWithThem()
    {
        var thrown = Assert.Throws<CrescentException>(() => SpecProblemList.ThrowIfAny([new SpecProblem("a", "b")]));
        Assert.Equal("spec-invalid", thrown.Code);
        Assert.Single(thrown.Problems);
    }
}
