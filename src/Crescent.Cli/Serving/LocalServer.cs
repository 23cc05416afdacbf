using Crescent.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crescent.Cli.Serving;

/// <summary>A server inside this process; everybody, this process too, talks to it over HTTP.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private LocalServer(WebApplication app, Uri address)
    {
        this.app = app;
        Address = address;
    }

    public Uri Address { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Starts on a free loopback port, with its log in a file.</summary>
    public static async Task<LocalServer> StartAsync(string dataFolder, string logFile)
    {
        var port = CrescentServer.FreePort();
        var address = $"http://127.0.0.1:{port}";
        var app = await CrescentServer.StartAsync(
            $"--Crescent:DataFolder={dataFolder}", $"--Crescent:Url={address}", "--Crescent:Log:Console=false", $"--Crescent:Log:File={logFile}");
        return new LocalServer(app, new Uri(address + "/"));
    }

    /// <summary>Stops: running jobs commit a snapshot first.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
