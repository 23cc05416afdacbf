using System.Text;

namespace Crescent.Kernels.Tasks;

/// <summary>
/// A fixed vocabulary of text: four control tokens, the line feed and the printable ASCII characters, then longer pieces. Encoding takes the longest piece that fits, so text of these characters survives encoding and decoding unchanged.
/// </summary>
public sealed class TextVocabulary
{
    public const int Pad = 0, Bos = 1, Eos = 2;

    /// <summary>Stands between what the user and what the model writes.</summary>
    public const int Turn = 3;
    private const int FirstCharacter = 4;
    private readonly List<string> pieces;
    private readonly ILookup<char, int> byFirst;

    /// <param name="longer">Pieces of two characters or more; their order numbers them.</param>
    public TextVocabulary(IEnumerable<string> longer)
    {
        pieces = ["\n", .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => ((char)code).ToString()), .. longer.Distinct(StringComparer.Ordinal)];
        byFirst = Enumerable.Range(0, pieces.Count).OrderByDescending(i => pieces[i].Length).ToLookup(i => pieces[i][0]);
    }

    public int Size => FirstCharacter + pieces.Count;

    /// <exception cref="ArgumentException">The text has a character that no piece has.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<int>();
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            var found = -1;
            foreach (var candidate in byFirst[text[at]])
            {
                if (rest.StartsWith(pieces[candidate], StringComparison.Ordinal))
                {
                    found = candidate;
                    break;
                }
            }

            if (found < 0)
            {
                throw new ArgumentException($"The vocabulary has no piece for '{text[at]}'.", nameof(text));
            }

            tokens.Add(FirstCharacter + found);
            at += pieces[found].Length;
        }

        return [.. tokens];
    }

    /// <summary>The text of tokens; control tokens and tokens outside the vocabulary have none.</summary>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var text = new StringBuilder();
        foreach (var token in tokens)
        {
            text.Append(token >= FirstCharacter && token < Size ? pieces[token - FirstCharacter] : string.Empty);
        }

        return text.ToString();
    }
}
