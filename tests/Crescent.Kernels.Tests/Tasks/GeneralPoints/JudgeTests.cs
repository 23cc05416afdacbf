using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class JudgeTests
{
    private const string TooLong = "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((";

    [Theory]
    [InlineData("8/(3-8/3)", Verdict.Correct)]
    [InlineData("8*3*3/8", Verdict.WrongValue)]
    [InlineData("8+8+3+5", Verdict.WrongNumbers)]
    [InlineData("8+8+3+3+3", Verdict.WrongNumbers)]
    [InlineData("8*3", Verdict.WrongNumbers)]
    [InlineData("9999999*9999999*9999999*9999999*9999999*9999999*9999999*9999999*9999999*9999999", Verdict.WrongNumbers)]
    [InlineData("8/(3-3)*8", Verdict.Illegal)]
    [InlineData("8+(3-3", Verdict.Illegal)]
    [InlineData("8+8+3+3)", Verdict.Illegal)]
    [InlineData("-8+8+3+3", Verdict.Illegal)]
    [InlineData("8 8", Verdict.Illegal)]
    [InlineData("", Verdict.Illegal)]
    [InlineData(TooLong + TooLong + TooLong, Verdict.Illegal)]
    public void Formula_Cases_GetTheirVerdict(string formula, Verdict verdict) =>
        Assert.Equal(verdict, FormulaReader.Tokens(formula) is { } tokens ? Judge.Formula([3, 8, 3, 8], 24, tokens) : Verdict.Illegal);

    [Fact]
    public void Answer_FaceCards_FollowTheRule()
    {
        var ten = new Deal([1, 1, 2, 13], FaceRule.FacesAsTen);
        var ranks = ten with { Rule = FaceRule.FacesAsRanks };
        var formula = FormulaReader.Tokens("2*(13-1)*1")!;
        var answer = Dialogue.Answer(ranks.Numbers, formula, 24);
        Assert.Equal(new Judgement(Verdict.Correct, true), Judge.Answer(ranks, 24, answer));
        Assert.Equal(new Judgement(Verdict.WrongNumbers, false), Judge.Answer(ten, 24, answer));
    }

    [Fact]
    public void Answer_WrongNumberListRightFormula_IsCorrect()
    {
        var deal = new Deal([1, 2, 3, 4], FaceRule.FacesAsTen);
        var answer = Dialogue.Answer([9, 9, 9, 9], FormulaReader.Tokens("1*2*3*4")!, 24);
        Assert.Equal(new Judgement(Verdict.Correct, false), Judge.Answer(deal, 24, answer));
    }

    [Fact]
    public void Answer_NoSeparator_IsIllegal() =>
        Assert.Equal(Verdict.Illegal, Judge.Answer(new Deal([1, 2, 3, 4], FaceRule.FacesAsTen), 24, FormulaReader.Tokens("1*2*3*4")!).Verdict);

    [Fact]
    public void Read_TokensOfAnyExpression_GiveTheSameExpression() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
    {
        var random = new RandomStream(new RandomKey(seed, RandomPurpose.BaseData, 0));
        var expression = Expression.Random(random, [1 + random.NextInt(13), 1 + random.NextInt(13), 1 + random.NextInt(13), 1 + random.NextInt(13)]);
        var tokens = expression.Tokens();
        var read = FormulaReader.Read(tokens)!;
        return tokens.SequenceEqual(read.Tokens()) && read.Value() == expression.Value() && FormulaReader.Tokens(Vocabulary.Text(tokens))!.SequenceEqual(tokens);
    }));

    [Fact]
    public void Formula_AnyTokens_NeverThrows() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        var tokens = bytes.Select(value => 10 + (value % 60)).ToArray();
        return Enum.IsDefined(Judge.Formula([1, 2, 3, 4], 24, tokens)) && Enum.IsDefined(Judge.Answer(new Deal([1, 2, 3, 4], FaceRule.FacesAsTen), 24, tokens).Verdict);
    }));
}
