using System.Globalization;

namespace Crescent.Kernels.Tasks.Matrices;

/// <summary>The tokens of the matrix tasks. Their numbers are part of every checkpoint: never renumber.</summary>
public static class MatrixVocabulary
{
    public const int Pad = 0, Bos = 1, Eos = 2, Sep = 3;

    /// <summary>First words of the prompts.</summary>
    public const int Rank = 4, Determinant = 5, Map = 6, Eval = 7, Solve = 8;

    /// <summary>Ends a row.</summary>
    public const int Row = 9;
    public const int Minus = 10, Fail = 11, FailedValue = 12, FailedIllegal = 13;
    public const int Size = 43;
    public const int LargestEntry = 9;

    /// <summary>Sign and digits of the longest number: a determinant of six lines of nines stays under 10^9.</summary>
    public const int MaxNumberLength = 10;
    private const int FirstDigit = 14, FirstEntry = 24;

    private static readonly string[] Words = ["pad", "bos", "eos", "sep", "RANK", "DET", "MAP", "EVAL", "SOLVE", ";", "-", "FAIL", "F_value", "F_illegal"];

    /// <summary>Token of a matrix entry, -9 to 9.</summary>
    public static int Entry(int value) => FirstEntry + LargestEntry + value;

    /// <summary>A number as sign and digits.</summary>
    public static int[] Number(long value) =>
        [.. value < 0 ? [Minus] : Array.Empty<int>(), .. Math.Abs(value).ToString(CultureInfo.InvariantCulture).Select(digit => FirstDigit + digit - '0')];

    /// <summary>Whether tokens write a number: digits, after a sign or not.</summary>
    public static bool IsNumber(ReadOnlySpan<int> tokens)
    {
        var digits = tokens.Length > 0 && tokens[0] == Minus ? tokens[1..] : tokens;
        return digits.Length is > 0 and < MaxNumberLength && !digits.ContainsAnyExceptInRange(FirstDigit, FirstEntry - 1);
    }

    /// <summary>Tokens as text for people.</summary>
    public static string Text(ReadOnlySpan<int> tokens)
    {
        var words = new string[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            words[i] = tokens[i] < FirstDigit ? Words[tokens[i]] : (tokens[i] < FirstEntry ? tokens[i] - FirstDigit : tokens[i] - FirstEntry - LargestEntry).ToString(CultureInfo.InvariantCulture);
        }

        return string.Join(' ', words);
    }
}
