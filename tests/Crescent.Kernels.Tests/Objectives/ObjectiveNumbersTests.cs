using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Objectives;

/// <summary>Closed-form numbers: logits [2, 1, 0, -1] with target 1 against reference logits [1, 1, 0, 0].</summary>
public sealed class ObjectiveNumbersTests
{
    [Theory]
    [InlineData("sft", 1.440190)]
    [InlineData("dft", 0.341156)]
    [InlineData("sft-kl", 1.460462)]
    [InlineData("asft", 0.351292)]
    public void Evaluate_Example_GivesTheLoss(string name, double loss) => Assert.Equal(loss, LogitWindow.Example.Evaluate(Objective(new ObjectiveSpec(name))).Loss, 5e-7);

    [Fact]
    public void Example_Figures_AreTheReferenceNumbers()
    {
        var token = LogitWindow.Example.At(0);
        Assert.Equal(0.947537, token.Entropy, 5e-7);
        Assert.Equal(0.683503, token.Entropy / Math.Log(4), 5e-7);
        Assert.Equal(0.178075, token.ReverseKl, 5e-7);
        Assert.Equal(0.202722, token.ForwardKl, 5e-7);
    }

    [Fact]
    public void Evaluate_Dft_UniformPair_IsHalfTheCrossEntropy() =>
        Assert.Equal(0.346574, new LogitWindow([1], [[0, 0]], null, [0]).Evaluate(new DynamicFineTuning()).Loss, 5e-7);

    [Fact]
    public void Evaluate_SftAndDft_GradientsByLogits()
    {
        double[] expected = [0.643914, -0.763117, 0.087144, 0.032059];
        foreach (var (name, factor) in new[] { ("sft", 1), ("dft", 0.236883) })
        {
            var coefficients = LogitWindow.Example.Evaluate(Objective(new ObjectiveSpec(name))).Coefficients[0];
            var gradient = LogitWindow.Example.Differences(window => window.Described(coefficients));
            Assert.All(expected.Zip(gradient), pair => Assert.Equal(pair.First * factor, pair.Second, 1e-6));
        }
    }

    [Theory]
    [InlineData(new double[] { 2, 1, 0, -1 }, new double[] { 1, 1, 0, 0 }, 1.604973)]
    [InlineData(new double[] { 0, 0, 0, 0 }, new double[] { 0, 0, 0, 0 }, 1.636294)]
    public void Evaluate_Released_HasTheDivergenceOfTheReleasedCode(double[] logits, double[] reference, double divergence)
    {
        // Token 0 is learnt, token 1 stands past the end; only the divergence's term is left.
        var window = new LogitWindow([2], [logits, logits], [reference, reference], [0, 0]);
        var objective = Objective(new ObjectiveSpec("eksft-released") { Ratio = 1, LambdaEntropy = 0, LambdaKl = 1, AdaptLambda = false });
        Assert.Equal(divergence, window.Evaluate(objective).Loss, 1e-6);
    }

    [Fact]
    public void Evaluate_Eksft_UniformEqualToReference_HasNoDivergence()
    {
        var window = new LogitWindow([1], [[0, 0, 0, 0]], [[0, 0, 0, 0]], [0]);
        Assert.Equal(0, window.Evaluate(Objective(new ObjectiveSpec("eksft") { Ratio = 1, LambdaEntropy = 0, LambdaKl = 1 })).Loss, 1e-7);
    }

    [Fact]
    public void Bound_Neftune_IsTheReferenceNumber() => Assert.Equal(0.0078125, new EmbeddingNoise(1, 5, 4096).Bound(100), 12);

    [Fact]
    public void Evaluate_IwSft_WeighsWholeSequencesAndCaps()
    {
        // Equal policies weigh 1; a policy far above its reference is capped.
        var even = new LogitWindow([2], [[0, 1], [1, 0]], [[0, 1], [1, 0]], [0, 0]);
        Assert.All(even.Evaluate(new ImportanceWeighted(1, 16)).Coefficients[0].LogProbability, a => Assert.Equal(-0.5f, a));
        var far = new LogitWindow([1, 2], [[9, 0], [0, 0], [0, 1]], [[0, 9], [0, 0], [0, 1]], [0, 0, 1]);
        Assert.Equal([-16f / 3, -1f / 3, -1f / 3], far.Evaluate(new ImportanceWeighted(1, 16)).Coefficients[0].LogProbability);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0.5)]
    public void Evaluate_Eaft_WeightIsThePowerOfTopEntropy(double alpha, double tolerance)
    {
        var window = LogitWindow.Example;
        Assert.Equal(1.440190 * Math.Pow(0.947537 / 3, alpha), window.Evaluate(new EntropyWeighted(alpha)).Loss, 1e-6 * tolerance);
    }

    [Theory]
    [InlineData(1.5, -1.28, 0)]
    [InlineData(1.2, -1.2, -1.2)]
    [InlineData(0.5, -0.5, -0.5)]
    public void Evaluate_Psft_LowerBoundNeverBinds(double ratio, double loss, double slope)
    {
        double p = 0.5 * ratio, q = 0.5;
        var window = new LogitWindow([1], [[Math.Log(p), Math.Log(1 - p)]], [[Math.Log(q), Math.Log(1 - q)]], [0]);
        var result = window.Evaluate(new ProximalFineTuning(0.2, 0.28));
        Assert.Equal(loss, result.Loss, 1e-6);
        Assert.Equal(slope, result.Coefficients[0].LogProbability[0], 1e-6);
    }

    internal static IObjective Objective(ObjectiveSpec spec, int vocabulary = 4) => ObjectiveCatalogue.Create(spec, vocabulary);
}
