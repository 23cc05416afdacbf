using System.Buffers;
using System.Security.Cryptography;

namespace Crescent.Server.Experiments;

/// <summary>Ids of experiments: <c>e</c>, then the time in milliseconds (45 bits) and 25 random bits in lower-case base 32: 15 characters, safe in URLs and file names, sorted by time.</summary>
internal static class ExperimentIds
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private static readonly SearchValues<char> Digits = SearchValues.Create(Alphabet);
    private const int TimeDigits = 9;
    private const int RandomDigits = 5;

    public static string Next(TimeProvider time)
    {
        Span<char> id = stackalloc char[1 + TimeDigits + RandomDigits];
        id[0] = 'e';
        Write(id.Slice(1, TimeDigits), time.GetUtcNow().ToUnixTimeMilliseconds());
        Write(id[(1 + TimeDigits)..], RandomNumberGenerator.GetInt32(1 << (5 * RandomDigits)));
        return new string(id);
    }

    /// <summary>True for anything that could be an id; ids never reach a path or a query unchecked.</summary>
    public static bool IsValid(string id) => id.Length is >= 2 and <= 40 && id[0] == 'e' && !id.AsSpan(1).ContainsAnyExcept(Digits);

    private static void Write(Span<char> digits, long value)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = Alphabet[(int)(value & 31)];
            value >>= 5;
        }
    }
}
