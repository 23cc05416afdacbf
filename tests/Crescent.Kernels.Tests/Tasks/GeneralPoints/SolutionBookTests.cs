using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class SolutionBookTests
{
    private static readonly SolutionBook Book = SolutionBook.For(24);

    [Fact]
    public void Hands_Target24_AreTheKnownNumbers()
    {
        Assert.Equal(1820, SolutionBook.AllHands().Count());
        Assert.Equal(1362, Book.Hands.Count);
        Assert.Equal(566, Book.Hands.Count(hand => hand.Max() <= 10));
        Assert.Equal(796, Book.Hands.Count(hand => hand.Max() > 10));
    }

    [Theory]
    [InlineData(24)]
    [InlineData(7)]
    public void Solutions_EveryHand_AreCorrectDistinctAndInOrder(int target)
    {
        var book = SolutionBook.For(target);
        foreach (var hand in book.Hands)
        {
            var solutions = book.Solutions(hand);
            Assert.All(solutions, formula => Assert.Equal(Verdict.Correct, Judge.Formula(hand, target, formula)));
            Assert.Equal(solutions.Count, solutions.Select(formula => string.Join(' ', formula)).Distinct().Count());
            Assert.Equal(solutions.Select(formula => formula.Length).Order(), solutions.Select(formula => formula.Length));
        }
    }

    [Theory]
    [InlineData(new[] { 3, 8, 3, 8 }, new[] { "8/(3-8/3)" })]
    [InlineData(new[] { 5, 5, 1, 5 }, new[] { "(5-1/5)*5", "5*(5-1/5)" })]
    public void Solutions_OnlyFractionsHelp_FindsThem(int[] numbers, string[] formulas) =>
        Assert.Equal(formulas, Book.Solutions(numbers).Select(tokens => Vocabulary.Text(tokens)));

    [Fact]
    public void Solutions_ManySolutions_ShortestWithFewestHardOperatorsFirst()
    {
        var solutions = Book.Solutions([1, 2, 3, 4]).Select(tokens => Vocabulary.Text(tokens)).ToList();
        Assert.Equal("1*2*3*4", solutions[0]);
        Assert.True(solutions.IndexOf("4*3*2/1") > solutions.IndexOf("4*3*2*1"));
        Assert.True(solutions.IndexOf("4*(1+2+3)") > solutions.IndexOf("4*3*2/1"));
    }

    [Fact]
    public void Solutions_UnsolvableHand_AreNone() => Assert.False(Book.IsSolvable([1, 1, 1, 1]));

    [Fact]
    public void For_ManyThreads_GivesOneBook()
    {
        var books = new SolutionBook[8];
        Parallel.For(0, books.Length, i => books[i] = SolutionBook.For(11));
        Assert.All(books, book => Assert.Same(books[0], book));
    }
}
