using Crescent.Storage.Hosting;
using Crescent.Storage.Postgres;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Hosting;

/// <summary>Keeps a control process the only one on a PostgreSQL database, where its actor runtime can be no member of a cluster. Stops the process when the claim is lost.</summary>
internal sealed partial class ControlClaim : IDisposable
{
    private readonly PostgresClaim claim;
    private readonly CancellationTokenRegistration registration;

    public ControlClaim(IOptions<StorageOptions> options, IHostApplicationLifetime lifetime, ILogger<ControlClaim> logger)
    {
        claim = PostgresClaim.Take(options.Value.Postgres!.ConnectionString);
        LogAlone(logger);
        registration = claim.Lost.Register(() =>
        {
            LogLost(logger);
            lifetime.StopApplication();
        });
    }

    public bool IsLost => claim.Lost.IsCancellationRequested;

    public static void AddTo(IServiceCollection services, StorageOptions options)
    {
        if (options.Database == StorageOptions.PostgreSql && !RuntimeFacts.FormsClusters)
        {
            services.AddSingleton<ControlClaim>();
        }
    }

    public void Dispose()
    {
        registration.Dispose();
        claim.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This build runs one control process on the database: its actor runtime is the stand-in for Orleans. Processes with the role compute may be many; for several control processes build with Microsoft Orleans")]
    private static partial void LogAlone(ILogger logger);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The connection that holds this process's claim on the database is lost; another control process may take over, so this one stops")]
    private static partial void LogLost(ILogger logger);
}
