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

        var numbersRight = answer[..separator].SequenceEqual(numbers.Select(Vocabulary.Number).ToArray());
        return new Judgement(Formula(numbers, target, Before(answer[(separator + 1)..], Vocabulary.EqualsSign)), numbersRight);
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

    private static ReadOnlySpan<int> Before(ReadOnlySpan<int> tokens, int end) => tokens.IndexOf(end) is var at and >= 0 ? tokens[..at] : tokens;
}
