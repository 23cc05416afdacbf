using System.Globalization;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The tokens of the compact form: 95, and three more that only some options need. Their numbers are part of every checkpoint: never renumber.</summary>
public static class Vocabulary
{
    public const int Pad = 0, Bos = 1, Eos = 2, Sep = 3;

    /// <summary>First words of the prompts: a deal, cards to numbers, an expression to its value, numbers to a formula.</summary>
    public const int Deal = 4, Map = 5, Eval = 6, Solve = 7;
    public const int FacesAsTen = 8, FacesAsRanks = 9;
    public const int EqualsSign = 10, Plus = 11, Minus = 12, Times = 13, Divide = 14, Open = 15, Close = 16;
    public const int Fail = 17, FailedValue = 18, FailedNumbers = 19, FailedIllegal = 20;
    public const int Size = 95;

    /// <summary>Tokens beyond <see cref="Size"/>, for the third rule and for the finer verdicts.</summary>
    public const int FacesAsFiveSixSeven = 95, FailedRecognition = 96, FailedPartial = 97;
    public const int ExtendedSize = 98;

    /// <summary>The largest number that has a token.</summary>
    public const int MaxNumber = 60;
    private const int FirstCard = 21, FirstNumber = 34;

    /// <summary>Numbers without a token count from here.</summary>
    private const int Beyond = 4096;

    private static readonly string[] Names =
    [
        "pad", "bos", "eos", "sep", "GP", "MAP", "EVAL", "SOLVE", "R10", "R123", "=", "+", "-", "*", "/", "(", ")", "FAIL", "F_value", "F_numbers", "F_illegal",
        "A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K",
    ];

    /// <summary>Token of a card.</summary>
    /// <param name="rank">1 (ace) to 13 (king).</param>
    public static int Card(int rank) => FirstCard + rank - 1;

    /// <summary>Token of a number; numbers over <see cref="MaxNumber"/> get ids outside every vocabulary, which formulas read from text may carry.</summary>
    public static int Number(int number) => (number <= MaxNumber ? FirstNumber : Beyond) + number;

    public static bool IsNumber(int token) => token is (>= FirstNumber and < Size) or > Beyond;

    /// <summary>The number that a number's token stands for.</summary>
    public static int NumberOf(int token) => token - (token < Size ? FirstNumber : Beyond);

    public static bool IsOperator(int token) => token is >= Plus and <= Divide;

    public static int Rule(FaceRule rule) => rule switch
    {
        FaceRule.FacesAsTen => FacesAsTen,
        FaceRule.FacesAsRanks => FacesAsRanks,
        _ => FacesAsFiveSixSeven,
    };

    public static int Failure(Verdict verdict) => verdict switch
    {
        Verdict.WrongValue => FailedValue,
        Verdict.WrongNumbers => FailedNumbers,
        Verdict.Illegal => FailedIllegal,
        Verdict.WrongRecognition => FailedRecognition,
        Verdict.Partial => FailedPartial,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "Only a failed try has feedback."),
    };

    /// <summary>How a token reads: <c>J</c> for a card, <c>11</c> for a number.</summary>
    public static string Name(int token) => token switch
    {
        FacesAsFiveSixSeven => "R567",
        FailedRecognition => "F_recognition",
        FailedPartial => "F_partial",
        < FirstNumber => Names[token],
        _ => NumberOf(token).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Tokens as text for people: formulas without blanks, words with.</summary>
    public static string Text(ReadOnlySpan<int> tokens)
    {
        var text = new System.Text.StringBuilder();
        var glued = true;
        foreach (var token in tokens)
        {
            var glue = token is >= EqualsSign and <= Close;
            if (text.Length > 0 && !glue && !glued)
            {
                text.Append(' ');
            }

            text.Append(Name(token));
            glued = glue;
        }

        return text.ToString();
    }
}
