using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Crescent.Storage.Experiments;

/// <summary>Where a page of experiments or studies ends: creation time and id of its last row. Opaque to clients.</summary>
internal sealed record PageCursor(DateTimeOffset CreatedAt, string Id)
{
    public string Write() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.UtcTicks}|{Id}")));

    /// <summary>Where the page goes on: after what the cursor names, or at the newest.</summary>
    /// <exception cref="CrescentException"><c>cursor-invalid</c>.</exception>
    public static PageCursor After(string? cursor) => cursor is null ? new PageCursor(DateTimeOffset.MaxValue, "") : Read(cursor);

    private static PageCursor Read(string cursor)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('|', 2);
            return new PageCursor(new DateTimeOffset(long.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture), TimeSpan.Zero), parts[1]);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            throw new CrescentException("cursor-invalid", "The cursor is malformed. Pass the nextCursor of the page before, unchanged, or none for the first page.", inner: e);
        }
    }
}
