namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Outcomes of a try in the original's language form.</summary>
public enum OriginalOutcome
{
    Correct,

    /// <summary>Not an expression, but the beginning of a solution.</summary>
    Partial,
    WrongValue,
    WrongNumbers,
    Illegal,

    /// <summary>The episode has no try left.</summary>
    LimitReached,
}

/// <summary>The reward table of arXiv 2501.17161 (language form), with exact rationals where the original used floats.</summary>
public static class OriginalReward
{
    /// <summary>Judges the text of a formula. Only what stands left of '=' counts; a blank is illegal.</summary>
    public static OriginalOutcome Assess(string formula, Deal deal, SolutionBook book)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(deal);
        ArgumentNullException.ThrowIfNull(book);
        var end = formula.IndexOf('=', StringComparison.Ordinal);
        if (FormulaReader.Tokens(end < 0 ? formula : formula[..end]) is not { } tokens)
        {
            return OriginalOutcome.Illegal;
        }

        return Judge.Formula(deal.Numbers, book.Target, tokens) switch
        {
            Verdict.Correct => OriginalOutcome.Correct,
            Verdict.WrongValue => OriginalOutcome.WrongValue,
            Verdict.WrongNumbers => OriginalOutcome.WrongNumbers,
            _ => StartsSolution(tokens, deal, book) ? OriginalOutcome.Partial : OriginalOutcome.Illegal,
        };
    }

    public static double Of(OriginalOutcome outcome) => outcome switch
    {
        OriginalOutcome.Correct => 5,
        OriginalOutcome.Partial => 1,
        OriginalOutcome.WrongValue or OriginalOutcome.LimitReached => -1,
        OriginalOutcome.WrongNumbers => -2,
        _ => -3,
    };

    private static bool StartsSolution(int[] tokens, Deal deal, SolutionBook book) =>
        tokens.Length > 0 && book.Solutions(deal.Numbers).Any(solution => solution.AsSpan().StartsWith(tokens));
}
