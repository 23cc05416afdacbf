namespace Crescent.Storage.Artifacts;

/// <summary>The names of blobs: SHA-256 in lower-case hex, and nothing else ever reaches a path.</summary>
internal static class BlobNames
{
    public static bool IsValid(string sha256) => sha256.Length == 64 && sha256.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <exception cref="CrescentException"><c>artifact-name-invalid</c>.</exception>
    public static string Checked(string sha256) => IsValid(sha256)
        ? sha256
        : throw new CrescentException("artifact-name-invalid", $"'{sha256}' is no artifact hash. Give 64 lower-case hex digits.");
}
