using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <summary>How integer and GUID keys are written as text, and read back: hexadecimal without leading zeros, and 32 hexadecimal digits.</summary>
internal static class GrainKeys
{
    public static IdSpan FromInteger(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    public static IdSpan FromGuid(Guid key) => IdSpan.Create(key.ToString("N"));

    public static bool TryGetInteger(GrainId id, out long key, out string? extension)
    {
        var text = id.Key.ToString();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        extension = plus >= 0 ? text[(plus + 1)..] : null;
        return long.TryParse(plus >= 0 ? text[..plus] : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    public static bool TryGetGuid(GrainId id, out Guid key, out string? extension)
    {
        var text = id.Key.ToString();
        extension = null;
        if (text.Length > 32 && text[32] == '+')
        {
            extension = text[33..];
            text = text[..32];
        }

        return Guid.TryParseExact(text, "N", out key);
    }
}
