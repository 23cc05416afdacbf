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
}

/// <param name="Recognised">Whether what the answer first writes down of the deal (its numbers, what is observed) is right.</param>
public readonly record struct Judgement(Verdict Verdict, bool Recognised);

public static class Verdicts
{
    /// <summary>The verdict's name in records: <c>correct</c>, <c>wrong-value</c>, <c>wrong-numbers</c>, <c>illegal</c>.</summary>
    public static string Name(this Verdict verdict) => verdict switch
    {
        Verdict.Correct => "correct",
        Verdict.WrongValue => "wrong-value",
        Verdict.WrongNumbers => "wrong-numbers",
        _ => "illegal",
    };
}
