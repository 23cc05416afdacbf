using System.Diagnostics;
using Crescent.Server.Hosting;
using Crescent.Server.Workers;
using Crescent.Storage.Hosting;
using Crescent.Storage.Sql;
using Crescent.Storage.Sqlite;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Crescent.Server;

/// <summary>The one process: silo, worker and HTTP API, by role.</summary>
public static partial class CrescentServer
{
    private static readonly TimeSpan JoinInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Composes the server and claims its data folder; nothing runs yet. Configuration, last wins: <c>appsettings.json</c>, <c>CRESCENT_DATA</c>, environment (<c>Crescent__Url</c>, ...), command line (<c>--Crescent:Url=...</c>).
    /// </summary>
    /// <exception cref="CrescentException"><c>options-invalid</c>, <c>port-in-use</c>, <c>data-folder-in-use</c>, <c>storage-full</c>, ...; nothing has been started.</exception>
    public static WebApplication Build(params string[] args)
    {
        var (builder, options) = Configure(args);
        return Build(builder, options);
    }

    /// <summary>Builds and starts.</summary>
    /// <exception cref="CrescentException">As <see cref="Build"/>; what had been started is stopped again.</exception>
    public static Task<WebApplication> StartAsync(params string[] args) => StartAsync(args, CancellationToken.None);

    private static async Task<WebApplication> StartAsync(string[] args, CancellationToken cancellation)
    {
        var app = await BuildOnceReadyAsync(args, cancellation);
        try
        {
            await app.StartAsync(cancellation);
            return app;
        }
        catch (OptionsValidationException e)
        {
            await app.DisposeAsync();
            throw new CrescentException("options-invalid", string.Join(" ", e.Failures), inner: e);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            // Somebody took the port since it was probed.
            var options = app.Services.GetRequiredService<IOptions<ServerOptions>>().Value;
            await app.DisposeAsync();
            throw PortProbe.InUse(options, e);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until told to stop (Ctrl-C, SIGTERM); running jobs commit a snapshot first. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation = default)
    {
        try
        {
            await using var app = await StartAsync(args, cancellation);
            LogListening(app.Logger, string.Join(", ", app.Urls), app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.Roles, app.Services.GetRequiredService<DataFolder>().Path, RuntimeFacts.Orleans, RuntimeFacts.Engines[0]);
            await app.WaitForShutdownAsync(cancellation);
            LogStopped(app.Logger);
            return app.Services.GetService<ControlClaim>() is { IsLost: true } ? 1 : 0;
        }
        catch (CrescentException e)
        {
            await Console.Error.WriteLineAsync($"error: {e.Message} ({e.Code})");
            return 1;
        }
    }

    /// <summary>A loopback port that is free now.</summary>
    public static int FreePort() => PortProbe.Free();

    /// <exception cref="CrescentException"><c>port-in-use</c>, <c>address-unavailable</c>.</exception>
    public static void CheckPort(string url) => PortProbe.Check(new ServerOptions { Url = url });

    private static (WebApplicationBuilder Builder, ServerOptions Options) Configure(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddCrescentLogging();
        return (builder, builder.AddCrescentOptions());
    }

    private static WebApplication Build(WebApplicationBuilder builder, ServerOptions options)
    {
        PortProbe.Check(options);
        var (stored, endpoint) = builder.AddCrescentStorageOptions();
        builder.Services.AddCrescentStorage(storage => (storage.DataFolder, storage.Join) = (options.DataFolder, !options.Controls));
        if (options.Controls)
        {
            builder.AddCrescentSilo(endpoint, clustered: stored.Database == StorageOptions.PostgreSql);
            ControlClaim.AddTo(builder.Services, stored);
        }

        builder.AddCrescentWorker(options);
        builder.AddCrescentApi(options);
        return Claim(builder.Build(), options);
    }

    /// <summary>A process that only computes waits for the control process to make the data folder ready, so that the two may be started in any order.</summary>
    private static async Task<WebApplication> BuildOnceReadyAsync(string[] args, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var (builder, options) = Configure(args);
            try
            {
                return Build(builder, options);
            }
            catch (CrescentException e) when (e.Code == DataFolder.NotReady && Stopwatch.GetElapsedTime(began) < options.JoinTimeout)
            {
                await Task.Delay(JoinInterval, cancellation);
            }
        }
    }

    private static WebApplication Claim(WebApplication app, ServerOptions options)
    {
        try
        {
            app.Services.GetRequiredService<DiskSpace>().Require();
            app.Services.GetService<ControlClaim>();
            app.Services.GetRequiredService<SqlDatabase>();
            app.MapCrescentApi(options);
            return app;
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Crescent listens on {Url}; roles {Roles}; data in {DataFolder}; {Runtime}; engine {Engine}")]
    private static partial void LogListening(ILogger logger, string url, string roles, string dataFolder, string runtime, string engine);

    [LoggerMessage(Level = LogLevel.Information, Message = "Crescent has stopped")]
    private static partial void LogStopped(ILogger logger);
}
