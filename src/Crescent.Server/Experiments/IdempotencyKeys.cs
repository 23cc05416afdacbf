using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Server.Experiments;

/// <summary>Reads the header <c>Idempotency-Key</c>.</summary>
internal static class IdempotencyKeys
{
    /// <param name="content">Everything that is asked, in one spelling: a repeat of the key must agree with it.</param>
    /// <returns>Null where the client has sent none.</returns>
    /// <exception cref="CrescentException"><c>request-invalid</c>.</exception>
    public static IdempotencyKey? Read(string? header, string content) => header switch
    {
        null => null,
        { Length: >= 1 and <= 200 } when !header.AsSpan().ContainsAnyExceptInRange('!', '~') => new IdempotencyKey(header, JobJson.Hash(content)),
        _ => throw new CrescentException("request-invalid", "Idempotency-Key must be 1 to 200 printable ASCII characters without spaces; a UUID does well."),
    };
}
