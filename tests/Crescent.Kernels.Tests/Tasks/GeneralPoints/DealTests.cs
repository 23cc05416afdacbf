using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class DealTests
{
    [Theory]
    [InlineData(FaceRule.FacesAsTen, 0)]
    [InlineData(FaceRule.FacesAsRanks, 7)]
    [InlineData(FaceRule.FacesAsFiveSixSeven, 2)]
    public void Draw_ManyDeals_AreSolvableAndMeetTheCondition(FaceRule rule, int least)
    {
        var book = SolutionBook.For(24);
        for (uint i = 0; i < 500; i++)
        {
            var deal = Deal.Draw(new RandomStream(new RandomKey(7, RandomPurpose.SftData, i)), rule, book, numbers => numbers.Max() >= least);
            Assert.True(book.IsSolvable(deal.Numbers));
            Assert.True(deal.Numbers.Max() >= least);
        }
    }

    [Fact]
    public void Cluster_SameNumbersOtherCards_IsShared() =>
        Assert.Equal(new Deal([13, 1, 10, 2], FaceRule.FacesAsTen).Cluster, new Deal([2, 11, 12, 1], FaceRule.FacesAsTen).Cluster);

    [Fact]
    public void Text_PromptAnswerAndFeedback_ReadsForPeople()
    {
        var deal = new Deal([1, 2, 13, 4], FaceRule.FacesAsRanks);
        Assert.Equal("bos GP R123 A 2 K 4 sep", Vocabulary.Text(Dialogue.Prompt(deal)));
        Assert.Equal("1 2 13 4 sep 1+2*13/4=24 eos", Vocabulary.Text(Dialogue.Answer(deal.Numbers, FormulaReader.Tokens("1+2*13/4")!, 24)));
        Assert.Equal("FAIL F_numbers sep", Vocabulary.Text(Dialogue.Feedback(Verdict.WrongNumbers)));
    }

    [Fact]
    public void Lengths_LongestAnswer_FitTheContract()
    {
        var longest = SolutionBook.For(24).Hands.SelectMany(hand => SolutionBook.For(24).Solutions(hand)).Max(formula => formula.Length);
        Assert.Equal(Dialogue.MaxAnswerLength, Dialogue.Answer([1, 1, 1, 1], new int[longest], 24).Length);
        Assert.Equal(Dialogue.PromptLength, Dialogue.Prompt(new Deal([1, 2, 3, 4], FaceRule.FacesAsTen)).Length);
        Assert.Equal(Vocabulary.Size - 1, Vocabulary.Number(Vocabulary.MaxNumber));
    }
}
