using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Objectives;

public sealed class SelectionTests
{
    private static readonly float[] Scores = [0.5f, 0.1f, 0.9f, 0.5f, 0.3f];

    [Theory]
    [InlineData(SelectionRule.TopRatio, 0.4, SelectionSide.Largest, new[] { 0, 2 })]
    [InlineData(SelectionRule.TopRatio, 0.6, SelectionSide.Smallest, new[] { 0, 1, 4 })]
    [InlineData(SelectionRule.TopRatio, 0.19, SelectionSide.Largest, new int[0])]
    [InlineData(SelectionRule.TopRatio, 1, SelectionSide.Largest, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(SelectionRule.Quantile, 0.5, SelectionSide.Largest, new[] { 2 })]
    [InlineData(SelectionRule.Quantile, 0.6, SelectionSide.Smallest, new[] { 1, 4 })]
    [InlineData(SelectionRule.Threshold, 0.35, SelectionSide.Largest, new[] { 0, 2, 3 })]
    [InlineData(SelectionRule.Threshold, 0.35, SelectionSide.Smallest, new[] { 1, 4 })]
    public void Mark_Rule_SelectsTheEndAndTheEarlierOnTies(SelectionRule rule, double amount, SelectionSide side, int[] expected)
    {
        var selected = new bool[5];
        new Selection(rule, amount, side).Mark(Scores, [0, 1, 2, 3, 4], selected);
        Assert.Equal(expected, Enumerable.Range(0, 5).Where(i => selected[i]));
    }

    [Fact]
    public void Mark_AllEqual_TakesTheFirst()
    {
        var selected = new bool[5];
        new Selection(SelectionRule.TopRatio, 0.4, SelectionSide.Largest).Mark(new float[5], [0, 1, 2, 3, 4], selected);
        Assert.Equal([true, true, false, false, false], selected);
    }

    [Theory]
    [InlineData(SelectionScope.Sequence, 1, new[] { 1, 1, 1 })]
    [InlineData(SelectionScope.MicroBatch, 2, new[] { 2, 1 })]
    [InlineData(SelectionScope.GlobalBatch, 1, new[] { 3 })]
    public void Groups_Scope_PutsRowsTogether(SelectionScope scope, int microBatch, int[] rows) =>
        Assert.Equal(rows, new WindowTokens(new ObjectiveWindow([LogitWindow.Random([5, 3, 4]).Batch()], 12)).Groups(scope, microBatch).Select(group => group.Length));

    [Theory]
    [InlineData(SelectionSets.Union, SelectionSide.Largest)]
    [InlineData(SelectionSets.Intersection, SelectionSide.Largest)]
    [InlineData(SelectionSets.Union, SelectionSide.Smallest)]
    public void Evaluate_PureMasking_ZeroesExactlyTheMaskedPredictions(SelectionSets sets, SelectionSide side)
    {
        var window = LogitWindow.Random([20]);
        var a = window.Evaluate(ObjectiveNumbersTests.Objective(new ObjectiveSpec("eksft") { Ratio = 0.3, LambdaEntropy = 0, LambdaKl = 0, Sets = sets, Side = side }, 6)).Coefficients[0];
        HashSet<int> Six(Func<TokenFigures, double> score) => [.. Enumerable.Range(0, 20).OrderBy(i => (side == SelectionSide.Largest ? -1 : 1) * score(window.At(i))).Take(6)];
        var (high, far) = (Six(token => token.Entropy), Six(token => token.ReverseKl));
        var masked = sets == SelectionSets.Union ? high.Union(far) : high.Intersect(far);
        Assert.Equal(masked.Order(), Enumerable.Range(0, 20).Where(i => a.LogProbability[i] == 0));
        Assert.All(a.LogProbability.Where(value => value != 0), value => Assert.Equal(-1f / (20 - masked.Count()), value));
        Assert.All(a.Entropy.Concat(a.ReverseKl), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Evaluate_Released_MasksTheTokenBeforeTheOneItLookedAt()
    {
        // Entropy is highest at position 2, which predicts token 2: the released code masks token 1.
        double[][] logits = [[4, 0], [4, 0], [0, 0], [4, 0], [4, 0]];
        var window = new LogitWindow([5], logits, logits, [0, 0, 0, 0, 0]);
        var spec = new ObjectiveSpec("eksft-released") { Ratio = 0.25, LambdaEntropy = 0, LambdaKl = 0, Sets = SelectionSets.Intersection };
        Assert.Equal([-0.25f, -0.25f, -0.25f, -0.25f, 0], window.Evaluate(ObjectiveNumbersTests.Objective(spec, 2)).Coefficients[0].LogProbability);
        Assert.Equal([0, 0, -0.5f, -0.5f, 0], window.Evaluate(ObjectiveNumbersTests.Objective(spec with { Sets = SelectionSets.Union }, 2)).Coefficients[0].LogProbability);
    }

    [Fact]
    public void Evaluate_EverythingMasked_IsZeroAndNotNaN()
    {
        foreach (var name in new[] { "eksft", "eksft-released" })
        {
            var result = LogitWindow.Random([4, 2]).Evaluate(ObjectiveNumbersTests.Objective(new ObjectiveSpec(name) { Ratio = 1, LambdaEntropy = 0, LambdaKl = 0 }, 6));
            Assert.Equal(0, result.Loss);
            Assert.All(result.Coefficients[0].LogProbability, a => Assert.Equal(0, a));
        }
    }
}
