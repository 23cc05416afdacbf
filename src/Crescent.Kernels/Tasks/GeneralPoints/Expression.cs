using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>An arithmetic expression over whole numbers: a number, or an operator's token with two operands.</summary>
public sealed class Expression
{
    private readonly int token;
    private readonly Expression? left;
    private readonly Expression? right;

    private Expression(int token, Expression? left, Expression? right) => (this.token, this.left, this.right) = (token, left, right);

    public static Expression Number(int number) => new(Vocabulary.Number(number), null, null);

    /// <param name="operation">Token of + - * or /.</param>
    public static Expression Of(int operation, Expression left, Expression right) => new(operation, left, right);

    /// <summary>A random expression that uses each of the numbers once: shuffled, then neighbours joined by random operators in random order.</summary>
    public static Expression Random(RandomStream random, ReadOnlySpan<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(random);
        var shuffled = numbers.ToArray();
        random.Shuffle<int>(shuffled);
        var parts = shuffled.Select(Number).ToList();
        while (parts.Count > 1)
        {
            var i = random.NextInt(parts.Count - 1);
            parts[i] = Of(Vocabulary.Plus + random.NextInt(4), parts[i], parts[i + 1]);
            parts.RemoveAt(i + 1);
        }

        return parts[0];
    }

    /// <summary>Its value, or null where it divides by zero.</summary>
    /// <exception cref="OverflowException">A value on the way does not fit 128 bits.</exception>
    public Rational? Value()
    {
        if (left is null || right is null)
        {
            return Vocabulary.NumberOf(token);
        }

        if (left.Value() is not { } a || right.Value() is not { } b || (token == Vocabulary.Divide && b == 0))
        {
            return null;
        }

        return token switch
        {
            Vocabulary.Plus => a + b,
            Vocabulary.Minus => a - b,
            Vocabulary.Times => a * b,
            _ => a / b,
        };
    }

    /// <summary>Its tokens with as few parentheses as keep the tree.</summary>
    public int[] Tokens()
    {
        var tokens = new List<int>(11);
        Write(tokens);
        return [.. tokens];
    }

    /// <summary>The numbers used, in reading order.</summary>
    public IEnumerable<int> Numbers() => left is null || right is null ? [Vocabulary.NumberOf(token)] : left.Numbers().Concat(right.Numbers());

    private int Precedence => token switch
    {
        Vocabulary.Plus or Vocabulary.Minus => 1,
        Vocabulary.Times or Vocabulary.Divide => 2,
        _ => 3,
    };

    private void Write(List<int> tokens)
    {
        if (left is null || right is null)
        {
            tokens.Add(token);
            return;
        }

        WriteOperand(tokens, left, left.Precedence < Precedence);
        tokens.Add(token);
        WriteOperand(tokens, right, right.Precedence < Precedence || (right.Precedence == Precedence && token is Vocabulary.Minus or Vocabulary.Divide));
    }

    private static void WriteOperand(List<int> tokens, Expression operand, bool parentheses)
    {
        if (parentheses)
        {
            tokens.Add(Vocabulary.Open);
        }

        operand.Write(tokens);
        if (parentheses)
        {
            tokens.Add(Vocabulary.Close);
        }
    }
}
