using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tests.Engines.Cpu;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(1f)]
    [InlineData(0.6f)]
    public void Forward_RaggedRows_AgreesWithTheDoubleDecoder(float temperature)
    {
        var model = SmallModels.Wide;
        var batch = SmallModels.Batch(model, [40, 3, 17, 33, 1], supervised: 0.5);
        using var engine = SmallModels.Engine(model);
        using var reference = SmallModels.Engine(model, seed: 2);
        using var pass = engine.Forward(batch, temperature, reference);
        var expected = new DoubleDecoder(model, SmallModels.Weights(model)).LogProbabilities(batch, temperature);
        var expectedReference = new DoubleDecoder(model, SmallModels.Weights(model, 2)).LogProbabilities(batch, temperature);
        var actual = pass.Statistics;
        for (var i = 0; i < batch.Targets.Length; i++)
        {
            var (p, q, y) = (expected[i], expectedReference[i], batch.Tokens[batch.Targets[i]]);
            var top = DoubleDecoder.LogSoftmax([.. p.OrderDescending().Take(20)]);
            Assert.Equal(p[y], actual.LogProbability[i], 1e-4);
            Assert.Equal(q[y], actual.ReferenceLogProbability[i], 1e-4);
            Assert.Equal(DoubleDecoder.Entropy(p), actual.Entropy[i], 1e-4);
            Assert.Equal(DoubleDecoder.Entropy(top), actual.TopEntropy[i], 1e-4);
            Assert.Equal(p.Sum(log => Math.Exp(2 * log)), actual.SumOfSquares[i], 1e-4);
            Assert.Equal(DoubleDecoder.Divergence(p, q), actual.ReverseKl[i], 2e-4);
            Assert.Equal(DoubleDecoder.Divergence(q, p), actual.ForwardKl[i], 2e-4);
            Assert.Equal(Array.IndexOf(p, p.Max()) == y, actual.ArgmaxHit[i]);
        }
    }

    [Fact]
    public void Score_OfABatch_GivesTheBitsOfForward()
    {
        var batch = SmallModels.Batch(SmallModels.Wide, [40, 3, 17, 33, 70, 60]);
        using var engine = SmallModels.Engine(SmallModels.Wide);
        using var reference = SmallModels.Engine(SmallModels.Wide with { Layers = 1 }, seed: 2);
        using var pass = engine.Forward(batch, 0.8f, reference);
        var score = engine.Score(batch, 0.8f, reference);
        Assert.Equal(pass.Statistics.LogProbability, score.LogProbability);
        Assert.Equal(pass.Statistics.ReverseKl, score.ReverseKl);
        Assert.Equal(pass.Statistics.TopEntropy, score.TopEntropy);
    }
}
