using Crescent.Kernels.Engines;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tests.Engines.Cpu;

namespace Crescent.Kernels.Tests.Objectives;

/// <summary>On the real engine: neither the split of a window into batches nor the order of its rows changes an objective's loss and gradient.</summary>
public sealed class ObjectiveSplitTests
{
    private static readonly int[] Lengths = [9, 4, 12, 7];

    public static TheoryData<string> Names => [.. ObjectiveCatalogue.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Accumulate_SplitOfTheWindow_ChangesNoBit(string name)
    {
        var (wholeLoss, whole) = Gradient(name, [[0, 1, 2, 3]]);
        var (splitLoss, split) = Gradient(name, [[0, 1], [2], [3]]);
        Assert.Equal(wholeLoss, splitLoss, 1e-9);
        Assert.All(whole.Zip(split), pair => Assert.Equal(pair.First, pair.Second));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Accumulate_OrderOfRows_ChangesNothingButRounding(string name)
    {
        var (loss, gradient) = Gradient(name, [[0, 1, 2, 3]]);
        var (otherLoss, other) = Gradient(name, [[3, 1, 0, 2]]);
        Assert.Equal(loss, otherLoss, 1e-6);
        Assert.All(gradient.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 2e-5f * Math.Max(1, gradient.Max(MathF.Abs))));
    }

    [Theory]
    [InlineData("sft-kl")]
    [InlineData("eksft")]
    public void Accumulate_AgainstItself_HasNoDivergence(string name)
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        var batch = SmallModels.Batch(SmallModels.Grouped, Lengths);
        var statistics = engine.Score(batch, reference: engine);
        Assert.All(statistics.ReverseKl.Concat(statistics.ForwardKl), kl => Assert.Equal(0, kl));
        var lambda = new ObjectiveSpec(name) { Lambda = name == "sft-kl" ? 5 : null, LambdaKl = name == "eksft" ? 5 : null, LambdaEntropy = name == "eksft" ? 0 : null, Ratio = name == "eksft" ? 0.5 : null };
        var loss = AccumulationWindow.Accumulate(engine, ObjectiveCatalogue.Create(lambda, SmallModels.Grouped.VocabularySize), [batch], reference: engine);
        var without = name == "sft-kl" ? new ObjectiveSpec() : lambda with { LambdaKl = 0 };
        Assert.Equal(AccumulationWindow.Accumulate(engine, ObjectiveCatalogue.Create(without, SmallModels.Grouped.VocabularySize), [batch], reference: engine), loss);
    }

    private static (double Loss, float[] Gradient) Gradient(string name, int[][] split)
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        using var reference = SmallModels.Engine(SmallModels.Grouped, seed: 2);
        var objective = ObjectiveCatalogue.Create(new ObjectiveSpec(name), SmallModels.Grouped.VocabularySize);
        var rows = Lengths.Select((length, row) => new TrainingExample(SmallModels.Batch(SmallModels.Grouped, [length], index: (uint)row).Tokens, 2)).ToArray();
        List<TokenBatch> batches = [.. split.Select(part => TrainingExample.Batch([.. part.Select(row => rows[row])], objective.ReadsPastEnd))];
        var loss = AccumulationWindow.Accumulate(engine, objective, batches, reference: reference);
        return (loss, [.. engine.ReadGradients().Tensors.SelectMany(tensor => tensor.Values)]);
    }
}
