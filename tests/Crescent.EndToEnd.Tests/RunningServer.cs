using Crescent.Chaos;

namespace Crescent.EndToEnd.Tests;

/// <summary>A real server on a data folder of its own, and the real command against it.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private ServerProcess? server;

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("crescent-e2e-");

    public string DataFolder => Path.Combine(Folder.FullName, "data");

    public string Url => server!.Url;

    public async ValueTask InitializeAsync() =>
        server = await ServerProcess.StartAsync(DataFolder, Path.Combine(Folder.FullName, "server.log"), ("Crescent__Worker__SnapshotInterval", "00:00:00.200"), ("Crescent__Worker__HeartbeatInterval", "00:00:00.100"));

    public async ValueTask DisposeAsync()
    {
        await server!.StopAsync();
        server.Dispose();
        Folder.Delete(recursive: true);
    }

    public Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => CrescentProcess.RunAsync([.. arguments, "--server", Url]);

    /// <summary>Writes a spec of the tiny preset. Equal names and seeds are equal work: the cache answers.</summary>
    public string WriteSpec(string name, int seed, string more = "")
    {
        var path = Path.Combine(Folder.FullName, $"{name}.yaml");
        File.WriteAllText(path, $"version: 1\nname: {name}\nquestion: Does it hold together?\npreset: tiny\nseed: {seed}\n{more}");
        return path;
    }
}
