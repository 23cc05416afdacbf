namespace Crescent.Backends;

/// <summary>An emulator of Azure Blob Storage of its own on loopback. It ends with this process, also when that is killed.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Version = "3.35.0";
    private const string Account = "crescenttests";

    private static readonly Lazy<Task<AzuriteServer>> Process = new(StartAsync);

    private readonly Watched script;

    private AzuriteServer(Watched script, int port)
    {
        this.script = script;
        Port = port;
    }

    public int Port { get; }

    public static string Key { get; } = Convert.ToBase64String("any bytes will do for an emulator"u8);

    public string ConnectionString => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{Port}/{Account};";

    /// <summary>The one that the tests of a process share; whoever stops it starts one of his own instead.</summary>
    public static Task<AzuriteServer> SharedAsync() => Process.Value;

    /// <exception cref="InvalidOperationException">Azurite is not installed, or does not start.</exception>
    public static async Task<AzuriteServer> StartAsync()
    {
        var main = FindProgram();
        for (var attempt = 1; ; attempt++)
        {
            var port = Watched.FreePort();
            var script = new Watched("azurite.sh", [], main, $"{port}", Account, Key);
            try
            {
                await script.TellAsync("start", "ready");
                return new AzuriteServer(script, port);
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Somebody else took the port.
                await script.DisposeAsync();
            }
        }
    }

    /// <summary>Stops answering; what it has stored stays.</summary>
    public Task StopAsync() => script.TellAsync("stop", "stopped");

    public Task RestartAsync() => script.TellAsync("start", "ready");

    public ValueTask DisposeAsync() => script.DisposeAsync();

    /// <summary>Where infra/services.sh puts it.</summary>
    private static string FindProgram()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = Environment.GetEnvironmentVariable("CRESCENT_CACHE")
            ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "crescent");
        var program = Path.Combine(cache, $"azurite-{Version}", "node_modules", "azurite", "dist", "src", "blob", "main.js");
        return File.Exists(program) ? program : throw new InvalidOperationException($"Azurite is not installed: {program} is missing. Run infra/services.sh.");
    }
}
