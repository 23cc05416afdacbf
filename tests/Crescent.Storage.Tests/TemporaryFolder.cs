namespace Crescent.Storage.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("crescent-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
