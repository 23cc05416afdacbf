namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Judges tries. Only the formula left of '=' decides, in exact arithmetic: <c>8/(3-8/3)</c> is 24.</summary>
public static class Judge
{
    /// <summary>Judges an answer of the compact form, with or without its end token.</summary>
    public static Judgement Answer(Deal deal, int target, ReadOnlySpan<int> answer)
    {
        ArgumentNullException.ThrowIfNull(deal);
        var numbers = deal.Numbers;
        answer = Before(answer, Vocabulary.Eos);
        var separator = answer.IndexOf(Vocabulary.Sep);
        if (separator < 0)
        {
            return new Judgement(Verdict.Illegal, Recognised: false);
        }

        var recognised = answer[..separator].SequenceEqual(numbers.Select(Vocabulary.Number).ToArray());
        return new Judgement(Formula(numbers, target, FormulaOf(answer)), recognised);
    }

    /// <summary>The formula in an answer of the compact form: after the first separator, left of '='; empty where there is none.</summary>
    public static ReadOnlySpan<int> FormulaOf(ReadOnlySpan<int> answer)
    {
        answer = Before(answer, Vocabulary.Eos);
        var separator = answer.IndexOf(Vocabulary.Sep);
        return separator < 0 ? [] : Before(answer[(separator + 1)..], Vocabulary.EqualsSign);
    }

    /// <summary>The finer verdicts that a task may ask for: what is written down of the deal is judged first, and an illegal formula may be the beginning of a solution.</summary>
    /// <param name="formula">The formula's tokens.</param>
    public static Judgement Refine(Judgement judgement, GeneralPointsSpec task, Deal deal, ReadOnlySpan<int> formula)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(deal);
        if (task.Recognition && !judgement.Recognised)
        {
            return judgement with { Verdict = Verdict.WrongRecognition };
        }

        return task.PartialCredit && judgement.Verdict == Verdict.Illegal && StartsSolution(formula, deal, SolutionBook.For(task.Target))
            ? judgement with { Verdict = Verdict.Partial }
            : judgement;
    }

    /// <summary>Judges a formula on its own.</summary>
    /// <param name="numbers">The numbers to use, in any order.</param>
    public static Verdict Formula(IReadOnlyList<int> numbers, int target, ReadOnlySpan<int> formula)
    {
        if (FormulaReader.Read(formula) is not { } expression)
        {
            return Verdict.Illegal;
        }

        var rightNumbers = expression.Numbers().Order().SequenceEqual(numbers.Order());
        try
        {
            return expression.Value() switch
            {
                null => Verdict.Illegal,
                _ when !rightNumbers => Verdict.WrongNumbers,
                { } value => value == target ? Verdict.Correct : Verdict.WrongValue,
            };
        }
        catch (OverflowException)
        {
            // Four numbers of a hand cannot overflow 128 bits, so the formula holds others.
            return Verdict.WrongNumbers;
        }
    }

    private static bool StartsSolution(ReadOnlySpan<int> formula, Deal deal, SolutionBook book)
    {
        if (formula.Length == 0)
        {
            return false;
        }

        foreach (var solution in book.Solutions(deal.Numbers))
        {
            if (solution.AsSpan().StartsWith(formula))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<int> Before(ReadOnlySpan<int> tokens, int end) => tokens.IndexOf(end) is var at and >= 0 ? tokens[..at] : tokens;
}
