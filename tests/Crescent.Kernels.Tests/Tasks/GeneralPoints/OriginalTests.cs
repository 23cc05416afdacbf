using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class OriginalTests
{
    private static readonly Deal Hand = new([1, 2, 3, 13], FaceRule.FacesAsTen);

    [Theory]
    [InlineData("8/(3-8/3)=24", new[] { 3, 8, 3, 8 }, OriginalOutcome.Correct, 5)]
    [InlineData("8/(3-8/3)=99", new[] { 3, 8, 3, 8 }, OriginalOutcome.Correct, 5)]
    [InlineData("8/(3-", new[] { 3, 8, 3, 8 }, OriginalOutcome.Partial, 1)]
    [InlineData("8-(3-", new[] { 3, 8, 3, 8 }, OriginalOutcome.Illegal, -3)]
    [InlineData("8/(3 -8/3)", new[] { 3, 8, 3, 8 }, OriginalOutcome.Illegal, -3)]
    [InlineData("", new[] { 3, 8, 3, 8 }, OriginalOutcome.Illegal, -3)]
    [InlineData("8+8+3+3", new[] { 3, 8, 3, 8 }, OriginalOutcome.WrongValue, -1)]
    [InlineData("8", new[] { 3, 8, 3, 8 }, OriginalOutcome.WrongNumbers, -2)]
    public void Assess_Cases_GetTheTablesReward(string formula, int[] cards, OriginalOutcome outcome, double reward)
    {
        var assessed = OriginalReward.Assess(formula, new Deal(cards, FaceRule.FacesAsTen), SolutionBook.For(24));
        Assert.Equal(outcome, assessed);
        Assert.Equal(reward, OriginalReward.Of(assessed));
    }

    [Fact]
    public void Of_LimitReached_IsMinusOne() => Assert.Equal(-1, OriginalReward.Of(OriginalOutcome.LimitReached));

    [Fact]
    public void Prompt_BothRules_KeepTheOriginalSentences()
    {
        var prompt = OriginalWording.Prompt(Hand, 24);
        Assert.StartsWith("[Task Description]\nYou are an expert 24 points card game player. You will receive a set of 4 cards.\n", prompt, StringComparison.Ordinal);
        Assert.Contains("Note that 'J', 'Q', and 'K' count as '10', and each card must be used once.", prompt, StringComparison.Ordinal);
        Assert.Contains("[Input]\nCards: ['A', '2', '3', 'K']\n\n[Output]\n", prompt, StringComparison.Ordinal);
        Assert.Contains("count as '11', '12', and '13' respectively", OriginalWording.Prompt(Hand with { Rule = FaceRule.FacesAsRanks }, 24), StringComparison.Ordinal);
    }

    [Fact]
    public void Formula_OfAnAnswer_IsRead() =>
        Assert.Equal("(1+2)*10-6=24", OriginalWording.Formula(OriginalWording.Answer(Hand, "(1+2)*10-6", 24)));

    [Fact]
    public void Formula_TrailingCommaAndSingleQuotes_IsRead() => Assert.Equal("1+2", OriginalWording.Formula("{\"cards\": [], 'formula': '1+2',}"));
}
