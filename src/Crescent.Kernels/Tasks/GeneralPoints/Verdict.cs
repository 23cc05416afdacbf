namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>What a try was judged to be.</summary>
public enum Verdict
{
    Correct,

    /// <summary>A legal formula of the right numbers with another value.</summary>
    WrongValue,

    /// <summary>A legal formula that does not use each of the four numbers exactly once.</summary>
    WrongNumbers,

    /// <summary>Not a formula, or one that divides by zero.</summary>
    Illegal,
}

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
