using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>Bad input gets a coded error before anything changes.</summary>
public sealed class RefusalTests
{
    private static readonly DecoderSpec Model = SmallModels.Grouped;

    private static void Refused(string code, Action action) => Assert.Equal(code, Assert.Throws<CrescentException>(action).Code);

    [Theory]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2 }, new[] { 1 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 1, 3 }, new[] { 2 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2, 2, 3 }, new[] { 1 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 2, 3 }, new[] { 2 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 3 }, new[] { 2, 1 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 3 }, new[] { 1, 1 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 3 }, new[] { 0 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0, 3 }, new[] { 3 })]
    [InlineData(new[] { 1, 11, 3 }, new[] { 0, 3 }, new[] { 1 })]
    [InlineData(new[] { 1, -1, 3 }, new[] { 0, 3 }, new[] { 1 })]
    [InlineData(new int[0], new[] { 0 }, new int[0])]
    public void Forward_OfABadBatch_IsRefused(int[] tokens, int[] offsets, int[] targets)
    {
        using var engine = SmallModels.Engine(Model);
        Refused("batch-invalid", () => engine.Forward(new TokenBatch(tokens, offsets, targets)));
        Refused("batch-invalid", () => engine.Score(new TokenBatch(tokens, offsets, targets)));
    }

    [Fact]
    public void Forward_OfARowThatIsTooLong_IsRefused()
    {
        using var engine = SmallModels.Engine(Model);
        Refused("batch-invalid", () => engine.Forward(new TokenBatch(new int[41], [0, 41], [1])));
    }

    [Fact]
    public void Forward_WithBadOptions_IsRefused()
    {
        using var engine = SmallModels.Engine(Model);
        using var other = SmallModels.Engine(Model with { VocabularySize = 12 });
        var batch = SmallModels.Batch(Model, [5]);
        Refused("batch-invalid", () => engine.Forward(batch, temperature: 0));
        Refused("batch-invalid", () => engine.Forward(batch, embeddingNoise: new float[7]));
        Refused("reference-invalid", () => engine.Forward(batch, reference: other));
    }

    [Fact]
    public void Backward_OfAPassThatIsGone_IsRefused()
    {
        using var engine = SmallModels.Engine(Model);
        using var other = SmallModels.Engine(Model);
        var batch = SmallModels.Batch(Model, [5]);
        TokenCoefficients coefficients = new() { LogProbability = [1, 1, 1, 1] };
        var pass = engine.Forward(batch);
        Refused("pass-stale", () => other.Backward(pass, coefficients));
        Refused("coefficients-invalid", () => engine.Backward(pass, new TokenCoefficients { LogProbability = [1] }));
        Refused("coefficients-invalid", () => engine.Backward(pass, new TokenCoefficients { LogProbability = [], ReverseKl = [1, 1, 1, 1] }));
        engine.Backward(pass, coefficients);
        engine.Step(new AdamWSpec(), 1e-3);
        Refused("pass-stale", () => engine.Backward(pass, coefficients));
        pass.Dispose();
        Refused("pass-stale", () => engine.Backward(pass, coefficients));
    }

    [Fact]
    public void WriteWeights_ThatDoNotFit_IsRefusedAndChangesNothing()
    {
        using var engine = SmallModels.Engine(Model);
        var before = engine.ReadWeights();
        var others = SmallModels.Weights(Model, 2).Tensors;
        Refused("tensor-missing", () => engine.WriteWeights(new TensorSet([.. others.SkipLast(1)])));
        Refused("tensor-invalid", () => engine.WriteWeights(new TensorSet([.. others, new Tensor("extra", [1], [0])])));
        Refused("tensor-invalid", () => engine.WriteWeights(new TensorSet([.. others.SkipLast(1), others[^1] with { Shape = [24, 11] }])));
        Assert.All(engine.ReadWeights().Tensors, tensor => Assert.Equal(before[tensor.Name].Values, tensor.Values));
        Refused("tensor-missing", () => engine.Frozen = new HashSet<string> { "nothing" });
    }

    [Fact]
    public void Create_OfAnImpossibleModel_NamesTheFields()
    {
        var error = Assert.Throws<CrescentException>(() => CpuEngine.Create(Model with { Heads = 5, KeyValueHeads = 2, NormEpsilon = 0 }, new TensorSet([])));
        Assert.Equal("model-invalid", error.Code);
        Assert.Equal(["model.heads", "model.keyValueHeads", "model.normEpsilon"], error.Problems.Select(problem => problem.Field));
        Refused("model-invalid", () => CpuEngine.Create(Model with { Layers = 0 }, new TensorSet([])));
    }
}
