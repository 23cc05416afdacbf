using Crescent.Kernels.Recovery;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class OriginalTests
{
    private static readonly Deal Hand = new([1, 2, 3, 13], FaceRule.FacesAsTen);

    [Theory]
    [InlineData("8/(3-8/3)=24", new[] { 3, 8, 3, 8 }, Verdict.Correct, 5)]
    [InlineData("8/(3-8/3)=99", new[] { 3, 8, 3, 8 }, Verdict.Correct, 5)]
    [InlineData("8/(3-", new[] { 3, 8, 3, 8 }, Verdict.Partial, 1)]
    [InlineData("8-(3-", new[] { 3, 8, 3, 8 }, Verdict.Illegal, -3)]
    [InlineData("8/(3 -8/3)", new[] { 3, 8, 3, 8 }, Verdict.Illegal, -3)]
    [InlineData("", new[] { 3, 8, 3, 8 }, Verdict.Illegal, -3)]
    [InlineData("8+8+3+3", new[] { 3, 8, 3, 8 }, Verdict.WrongValue, -1)]
    [InlineData("8", new[] { 3, 8, 3, 8 }, Verdict.WrongNumbers, -2)]
    public void Judge_Cases_GetTheTablesReward(string formula, int[] cards, Verdict verdict, double reward)
    {
        var judgement = OriginalWording.Judge($"{{\"formula\": \"{formula}\"}}", new Deal(cards, FaceRule.FacesAsTen), new GeneralPointsSpec { PartialCredit = true });
        Assert.Equal(verdict, judgement.Verdict);
        Assert.Equal(reward, RewardTable.Original.Of(judgement.Verdict));
    }

    [Theory]
    [InlineData("['A', '2', '3', 'K']", Verdict.Correct)]
    [InlineData("[\"A\",\"2\",\n\"3\",\"K\"]", Verdict.Correct)]
    [InlineData("['A', '2', '3', 'Q']", Verdict.WrongRecognition)]
    [InlineData("['A', '2', '3']", Verdict.WrongRecognition)]
    public void Judge_RecognitionScored_CardsComeFirst(string cards, Verdict verdict) =>
        Assert.Equal(verdict, OriginalWording.Judge($"{{'cards': {cards}, 'formula': '(10-1*2)*3'}}", Hand, new GeneralPointsSpec { Recognition = true }).Verdict);

    [Fact]
    public void Judge_NoCardsMember_IsUnrecognisedButJudgedByTheFormula() =>
        Assert.Equal(new Judgement(Verdict.Correct, Recognised: false), OriginalWording.Judge("{'formula': '(10-1*2)*3'}", Hand, new GeneralPointsSpec()));

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
        Assert.Equal("(1+2)*10-6=24", OriginalWording.Formula(OriginalWording.Answer(Hand, Hand.Numbers, "(1+2)*10-6", 24)));

    [Fact]
    public void Formula_TrailingCommaAndSingleQuotes_IsRead() => Assert.Equal("1+2", OriginalWording.Formula("{\"cards\": [], 'formula': '1+2',}"));
}
