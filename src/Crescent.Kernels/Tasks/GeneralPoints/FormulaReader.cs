namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Reads formulas from tokens: <c>expression = term (('+' | '-') term)*</c>, <c>term = atom (('*' | '/') atom)*</c>, <c>atom = number | '(' expression ')'</c>.</summary>
public ref struct FormulaReader
{
    /// <summary>Longer formulas are refused; it bounds the depth of the recursion.</summary>
    public const int MaxLength = 256;

    private readonly ReadOnlySpan<int> tokens;
    private int position;

    private FormulaReader(ReadOnlySpan<int> tokens) => this.tokens = tokens;

    /// <summary>The expression that all of the tokens make, or null when they make none.</summary>
    public static Expression? Read(ReadOnlySpan<int> formula)
    {
        if (formula.Length > MaxLength)
        {
            return null;
        }

        var reader = new FormulaReader(formula);
        var expression = reader.Sum();
        return reader.position == formula.Length ? expression : null;
    }

    /// <summary>
    /// Tokens of a formula written as text, or null when it has anything but digits, operators and parentheses (a blank, too, is illegal).
    /// A number over four digits counts as 9999: no hand holds either.
    /// </summary>
    public static int[]? Tokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<int>();
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                var symbol = "+-*/()".IndexOf(text[i], StringComparison.Ordinal);
                if (symbol < 0)
                {
                    return null;
                }

                tokens.Add(Vocabulary.Plus + symbol);
                continue;
            }

            var number = 0;
            for (; i < text.Length && char.IsAsciiDigit(text[i]); i++)
            {
                number = Math.Min((number * 10) + (text[i] - '0'), 9999);
            }

            i--;
            tokens.Add(Vocabulary.Number(number));
        }

        return [.. tokens];
    }

    private Expression? Sum()
    {
        var value = Product();
        while (value is not null && position < tokens.Length && tokens[position] is Vocabulary.Plus or Vocabulary.Minus)
        {
            value = Join(tokens[position++], value, Product());
        }

        return value;
    }

    private Expression? Product()
    {
        var value = Atom();
        while (value is not null && position < tokens.Length && tokens[position] is Vocabulary.Times or Vocabulary.Divide)
        {
            value = Join(tokens[position++], value, Atom());
        }

        return value;
    }

    private Expression? Atom()
    {
        if (position >= tokens.Length)
        {
            return null;
        }

        var token = tokens[position++];
        if (Vocabulary.IsNumber(token))
        {
            return Expression.Number(Vocabulary.NumberOf(token));
        }

        var inner = token == Vocabulary.Open ? Sum() : null;
        return inner is not null && position < tokens.Length && tokens[position++] == Vocabulary.Close ? inner : null;
    }

    private static Expression? Join(int operation, Expression left, Expression? right) => right is null ? null : Expression.Of(operation, left, right);
}
