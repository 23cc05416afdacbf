using Crescent.Kernels.Sft;
using Crescent.Kernels.Tests.Engines.Cpu;

namespace Crescent.Kernels.Tests.Sft;

public sealed class EmbeddingNoiseTests
{
    private static readonly EmbeddingNoise Noise = new(7, 5, 24);

    [Fact]
    public void Of_ABatch_DoesNotDependOnItsSplit()
    {
        var whole = Noise.Of(SmallModels.Batch(SmallModels.Grouped, [5, 9]), step: 3, firstExample: 10);
        var second = Noise.Of(SmallModels.Batch(SmallModels.Grouped, [9]), step: 3, firstExample: 11);
        Assert.Equal(whole[(5 * 24)..], second);
        Assert.NotEqual(whole, Noise.Of(SmallModels.Batch(SmallModels.Grouped, [5, 9]), step: 4, firstExample: 10));
    }

    [Fact]
    public void Of_ARow_FillsItsBoundEvenly()
    {
        var (bound, noise) = (Noise.Bound(40), Noise.Of(SmallModels.Batch(SmallModels.Grouped, [40]), 0, 0));
        Assert.All(noise, value => Assert.InRange(value, -bound, bound));
        Assert.InRange(noise.Max(), 0.95 * bound, bound);
        Assert.InRange(noise.Average(), -0.1 * bound, 0.1 * bound);
    }
}
