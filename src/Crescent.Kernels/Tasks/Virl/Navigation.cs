using System.Globalization;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>The tokens of the compact form of navigation. Their numbers are part of every checkpoint: never renumber.</summary>
public static class Navigation
{
    public const int Pad = 0, Bos = 1, Eos = 2, Sep = 3;

    /// <summary>First words of the prompts: a waypoint, a turn to its action, an observation to its sentence, a sentence and an observation to an action.</summary>
    public const int Navigate = 4, Map = 5, Eval = 6, Solve = 7;

    /// <summary>The action space: compass points or relative directions.</summary>
    public const int Absolute = 8, Relative = 9;

    /// <summary>Words of instructions and observations.</summary>
    public const int Turn = 10, Walk = 11, NoLandmark = 12, Intersection = 13;
    public const int Fail = 14, FailedAction = 15, FailedNotAtIntersection = 16, FailedAtIntersection = 17, FailedIllegal = 18;
    public const int Forward = 31, Stop = 32;
    public const int Size = 101;

    /// <summary>The largest number of a sentence that has a token.</summary>
    public const int MaxSentence = 16;
    private const int FirstPoint = 19, FirstTurn = 27, FirstSide = 33, FirstSentence = 37, FirstName = 53;

    private static readonly string[] Words =
    [
        "pad", "bos", "eos", "sep", "NAV", "MAP", "EVAL", "SOLVE", "ABS", "REL", "TURN", "WALK", "no-landmark", "intersection", "FAIL", "F_action", "F_not_at_intersection", "F_at_intersection", "F_illegal",
    ];

    private static readonly string[] Sides = ["ahead", "on-the-right", "behind", "on-the-left"];

    /// <summary>Token of a compass point, 0 north to 7 northwest.</summary>
    public static int Point(int point) => FirstPoint + point;

    /// <summary>Token of a relative direction, numbered as by <see cref="Compass.Turn"/>.</summary>
    public static int Direction(int turn) => FirstTurn + turn;

    public static int Side(int side) => FirstSide + side;

    /// <param name="sentence">From 1.</param>
    public static int Sentence(int sentence) => FirstSentence + sentence - 1;

    public static int Name(int landmark) => FirstName + landmark;

    /// <summary>Whether a token is an action: forward, stop, or a turn in either space.</summary>
    public static bool IsAction(int token) => token is >= FirstPoint and <= Stop;

    public static bool IsSentence(int token) => token is >= FirstSentence and < FirstName;

    /// <summary>Tokens as text for people.</summary>
    public static string Text(ReadOnlySpan<int> tokens)
    {
        var words = new string[tokens.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            words[i] = Word(tokens[i]);
        }

        return string.Join(' ', words);
    }

    private static string Word(int token) => token switch
    {
        < FirstPoint => Words[token],
        < FirstTurn => Compass.Points[token - FirstPoint],
        < Forward => Compass.Turns[token - FirstTurn].Replace(' ', '-'),
        Forward => "forward",
        Stop => "stop",
        < FirstSentence => Sides[token - FirstSide],
        < FirstName => string.Create(CultureInfo.InvariantCulture, $"I{token - FirstSentence + 1}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"L{token - FirstName + 1}"),
    };
}
