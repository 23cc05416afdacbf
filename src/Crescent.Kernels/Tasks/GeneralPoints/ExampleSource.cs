using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Makes training examples of each kind. Every example is drawn from one stream of its own, so it never depends on other rows.</summary>
public sealed class ExampleSource(GeneralPointsSpec task)
{
    private readonly SolutionBook book = SolutionBook.For(task.Target);

    /// <summary>Cards to the numbers that they count under a rule: <c>bos MAP RULE c c c c sep</c> -> <c>n n n n eos</c>.</summary>
    public static TrainingExample Map(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var deal = new Deal(Deal.DrawRanks(random), AnyRule(random));
        int[] prompt = [Vocabulary.Bos, Vocabulary.Map, Vocabulary.Rule(deal.Rule), .. deal.Cards.Select(Vocabulary.Card), Vocabulary.Sep];
        return Join(prompt, [.. deal.Numbers.Select(Vocabulary.Number), Vocabulary.Eos]);
    }

    /// <summary>An expression of two to four numbers to its value, drawn until that is whole and has a token: <c>bos EVAL expression sep</c> -> <c>n eos</c>.</summary>
    public static TrainingExample Eval(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        while (true)
        {
            var numbers = new int[2 + random.NextInt(3)];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = 1 + random.NextInt(SolutionBook.MaxRank);
            }

            var expression = Expression.Random(random, numbers);
            if (expression.Value() is { IsInteger: true } value && value.Numerator >= 0 && value.Numerator <= Vocabulary.MaxNumber)
            {
                return Join([Vocabulary.Bos, Vocabulary.Eval, .. expression.Tokens(), Vocabulary.Sep], [Vocabulary.Number((int)value.Numerator), Vocabulary.Eos]);
            }
        }
    }

    /// <summary>Four numbers to a formula: <c>bos SOLVE n n n n sep</c> -> <c>formula = target eos</c>.</summary>
    public TrainingExample Solve(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var numbers = Deal.Draw(random, FaceRule.FacesAsRanks, book).Numbers;
        int[] prompt = [Vocabulary.Bos, Vocabulary.Solve, .. numbers.Select(Vocabulary.Number), Vocabulary.Sep];
        return Join(prompt, [.. Reference(random, numbers), Vocabulary.EqualsSign, Vocabulary.Number(task.Target), Vocabulary.Eos]);
    }

    /// <summary>A deal and its answer.</summary>
    /// <param name="corruption">Share of the formulas that are random expressions of the right numbers.</param>
    public TrainingExample Play(RandomStream random, FaceRule rule, double corruption)
    {
        var deal = Deal.Draw(random, rule, book);
        return Join(Dialogue.Prompt(deal), Answer(random, deal, corruption));
    }

    /// <summary>A deal, one or two failed tries with feedback, and the answer; only the answer is learnt.</summary>
    public TrainingExample Revise(RandomStream random, FaceRule rule, double corruption)
    {
        ArgumentNullException.ThrowIfNull(random);
        var deal = Deal.Draw(random, rule, book);
        var answer = Answer(random, deal, corruption);
        var history = new List<int>(Dialogue.Prompt(deal));
        var failures = 1 + random.NextInt(2);
        for (var i = 0; i < failures; i++)
        {
            var (attempt, verdict) = FailedTry(random, deal);
            history.AddRange(attempt);
            history.AddRange(Dialogue.Feedback(verdict));
        }

        return Join(history, answer);
    }

    /// <summary>One of the two rules, at even odds.</summary>
    public static FaceRule AnyRule(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.NextInt(2) == 0 ? FaceRule.FacesAsTen : FaceRule.FacesAsRanks;
    }

    private int[] Answer(RandomStream random, Deal deal, double corruption)
    {
        var formula = Reference(random, deal.Numbers);
        return Dialogue.Answer(deal.Numbers, random.NextDouble() < corruption ? Expression.Random(random, deal.Numbers).Tokens() : formula, task.Target);
    }

    private int[] Reference(RandomStream random, int[] numbers)
    {
        var solutions = book.Solutions(numbers);
        return solutions[random.NextInt(Math.Min(task.ReferenceSolutions, solutions.Count))];
    }

    /// <summary>A try that fails: by the other rule's numbers (45 %, where they differ), by a random formula, or by a formula that lost a token (10 %).</summary>
    private (int[] Answer, Verdict Verdict) FailedTry(RandomStream random, Deal deal)
    {
        var right = deal.Numbers;
        var other = (deal with { Rule = deal.Rule == FaceRule.FacesAsTen ? FaceRule.FacesAsRanks : FaceRule.FacesAsTen }).Numbers;
        while (true)
        {
            var kind = random.NextDouble();
            var numbers = kind < 0.45 && !other.SequenceEqual(right) ? other : right;
            var solve = numbers == other && random.NextInt(2) == 0 && book.IsSolvable(numbers);
            var formula = solve ? Reference(random, numbers) : Expression.Random(random, numbers).Tokens();
            if (kind >= 0.9)
            {
                var lost = random.NextInt(formula.Length);
                formula = [.. formula[..lost], .. formula[(lost + 1)..]];
            }

            var answer = Dialogue.Answer(numbers, formula, task.Target);
            var verdict = Judge.Answer(deal, task.Target, answer).Verdict;
            if (verdict != Verdict.Correct)
            {
                return (answer, verdict);
            }
        }
    }

    private static TrainingExample Join(IReadOnlyCollection<int> prompt, int[] answer) => new([.. prompt, .. answer], prompt.Count);
}
