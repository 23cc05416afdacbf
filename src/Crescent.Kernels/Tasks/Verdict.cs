namespace Crescent.Kernels.Tasks;

/// <summary>What a try was judged to be.</summary>
public enum Verdict
{
    Correct,

    /// <summary>Legal and of the right parts, but not the answer: a formula with another value, another rank, another action.</summary>
    WrongValue,

    /// <summary>A legal formula that does not use each of the numbers dealt exactly once.</summary>
    WrongNumbers,

    /// <summary>Not an answer of the task's form.</summary>
    Illegal,

    /// <summary>Not an expression, but the beginning of a solution; only where the task gives credit for it.</summary>
    Partial,

    /// <summary>What was dealt is written down wrongly; only where the task scores that, and before anything else.</summary>
    WrongRecognition,
}

/// <param name="Recognised">Whether what the answer first writes down of the deal (its numbers, what is observed) is right.</param>
public readonly record struct Judgement(Verdict Verdict, bool Recognised);

public static class Verdicts
{
    /// <summary>The verdict's name in records: <c>correct</c>, <c>wrong-value</c>, <c>wrong-numbers</c>, <c>illegal</c>, <c>partial</c>, <c>wrong-recognition</c>.</summary>
    public static string Name(this Verdict verdict) => verdict switch
    {
        Verdict.Correct => "correct",
        Verdict.WrongValue => "wrong-value",
        Verdict.WrongNumbers => "wrong-numbers",
        Verdict.Partial => "partial",
        Verdict.WrongRecognition => "wrong-recognition",
        _ => "illegal",
    };
}
