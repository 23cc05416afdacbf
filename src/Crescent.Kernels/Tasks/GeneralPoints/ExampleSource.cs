using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Makes training examples of each kind. Every example is drawn from one stream of its own, so it never depends on other rows.</summary>
internal sealed class ExampleSource(GeneralPointsSpec task, IWording wording)
{
    private readonly SolutionBook book = SolutionBook.For(task.Target);
    private readonly HandHoldOut holdOut = new(task.HoldOut);

    public Deal Draw(RandomStream random, FaceRule rule) => Deal.Draw(random, rule, book, numbers => holdOut.Trains(numbers));

    /// <summary>Cards to the numbers that they count under a rule.</summary>
    public TrainingExample Map(RandomStream random) => Join(wording.Map(new Deal(Deal.DrawRanks(random), AnyRule(random))));

    /// <summary>An expression of two to four numbers to its value, drawn until that is whole and has a token.</summary>
    public TrainingExample Eval(RandomStream random)
    {
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
                return Join(wording.Eval(expression.Tokens(), (int)value.Numerator));
            }
        }
    }

    /// <summary>Four numbers to a formula.</summary>
    public TrainingExample Solve(RandomStream random)
    {
        var numbers = Draw(random, FaceRule.FacesAsRanks).Numbers;
        return Join(wording.Solve(numbers, Reference(random, numbers)));
    }

    /// <summary>A deal and its answer.</summary>
    /// <param name="corruption">Share of the formulas that are random expressions of the right numbers.</param>
    public TrainingExample Play(RandomStream random, FaceRule rule, double corruption)
    {
        var deal = Draw(random, rule);
        return Join((wording.Prompt(deal), Answer(random, deal, corruption)));
    }

    /// <summary>A deal of the rule trained on, as the prompt arm wants it, and a reference answer.</summary>
    public TrainingExample FineTune(RandomStream random)
    {
        var rule = task.Prompts == PromptArm.Rules && random.NextInt(2) == 1 ? task.FurtherRule : task.InDistribution;
        var layout = task.Prompts == PromptArm.Layouts ? random.NextInt(Dialogue.Layouts) : 0;
        var deal = Draw(random, rule);
        return Join((wording.Prompt(deal, layout), Answer(random, deal, corruption: 0)));
    }

    /// <summary>Ordered deals that are trained on, times their reference formulas and prompt layouts.</summary>
    public long FineTuningPairs
    {
        get
        {
            FaceRule[] rules = task.Prompts == PromptArm.Rules ? [task.InDistribution, task.FurtherRule] : [task.InDistribution];
            var ranks = Enumerable.Range(1, SolutionBook.MaxRank);
            var pairs = (from rule in rules
                         from a in ranks
                         from b in ranks
                         from c in ranks
                         from d in ranks
                         let numbers = new Deal([a, b, c, d], rule).Numbers
                         where holdOut.Trains(numbers)
                         select Math.Min(task.ReferenceSolutions, book.Solutions(numbers).Count)).Sum(count => (long)count);
            return pairs * (task.Prompts == PromptArm.Layouts ? Dialogue.Layouts : 1);
        }
    }

    /// <summary>A deal, one or two failed tries with feedback, and the answer; only the answer is learnt.</summary>
    public TrainingExample Revise(RandomStream random, FaceRule rule, double corruption)
    {
        var deal = Draw(random, rule);
        var answer = Answer(random, deal, corruption);
        var history = new List<int>(wording.Prompt(deal));
        var failures = 1 + random.NextInt(2);
        for (var i = 0; i < failures; i++)
        {
            var (attempt, verdict) = FailedTry(random, deal);
            history.AddRange(attempt);
            history.AddRange(wording.Feedback(verdict));
        }

        return Join(([.. history], answer));
    }

    /// <summary>One of the two rules that base training shows, at even odds.</summary>
    public static FaceRule AnyRule(RandomStream random) => random.NextInt(2) == 0 ? FaceRule.FacesAsTen : FaceRule.FacesAsRanks;

    private int[] Answer(RandomStream random, Deal deal, double corruption)
    {
        var formula = Reference(random, deal.Numbers);
        return wording.Answer(deal, deal.Numbers, random.NextDouble() < corruption ? Expression.Random(random, deal.Numbers).Tokens() : formula);
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

            var answer = wording.Answer(deal, numbers, formula);
            var verdict = wording.Judge(deal, answer).Verdict;
            if (verdict != Verdict.Correct)
            {
                return (answer, verdict);
            }
        }
    }

    private static TrainingExample Join((int[] Prompt, int[] Answer) pair) => new([.. pair.Prompt, .. pair.Answer], pair.Prompt.Length);
}
