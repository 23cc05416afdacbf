using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.GrainState;
using Crescent.Storage.Jobs;
using Crescent.Storage.Postgres;
using Crescent.Storage.Sql;
using Crescent.Storage.Sqlite;
using Crescent.Storage.Studies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Crescent.Storage.Hosting;

public static class StorageServices
{
    /// <summary>
    /// Adds the data folder (claimed when it is first asked for), the database (<see cref="SqlDatabase"/>), and the stores on it: <see cref="IJobQueue"/>, <see cref="IWorkQueue"/>, <see cref="IJobHints"/>, <see cref="IJobHistory"/>, <see cref="IWorkerRegistry"/>, <see cref="IExperimentStore"/>, <see cref="IBlobStore"/>; and <see cref="GrainStateSource"/> for Orleans' grain storage.
    /// Its hosted service ends the attempts of an earlier process before anything else starts, and collects blobs; not in a process that has joined the folder. Settings come from <see cref="StorageOptions"/>; bind the section <see cref="StorageOptions.Section"/> or pass <paramref name="configure"/>.
    /// </summary>
    public static IServiceCollection AddCrescentStorage(this IServiceCollection services, Action<StorageOptions>? configure = null)
    {
        var options = services.AddOptions<StorageOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Folder);
        services.TryAddSingleton(Database);
        services.TryAddSingleton(GrainState);
        services.TryAddSingleton(provider => new SqlBlobLedger(provider.GetRequiredService<SqlDatabase>(), Clock(provider)));
        services.TryAddSingleton(BlobStore);
        services.TryAddSingleton(provider => (IBlobRemoval)provider.GetRequiredService<IBlobStore>());
        services.TryAddSingleton(provider => (IBlobListing)provider.GetRequiredService<IBlobRemoval>());
        services.TryAddSingleton(provider => new BlobCollector(provider.GetRequiredService<SqlBlobLedger>(), provider.GetRequiredService<IBlobRemoval>(), provider.GetRequiredService<TimeProvider>(), Options(provider).Retention));
        services.TryAddSingleton<StorageCheck>();
        services.TryAddSingleton(Queue);
        services.TryAddSingleton<IJobQueue>(provider => provider.GetRequiredService<SqlJobQueue>());
        services.TryAddSingleton<IWorkQueue>(provider => provider.GetRequiredService<SqlJobQueue>());
        services.TryAddSingleton<IJobHints>(provider => provider.GetRequiredService<SqlJobQueue>());
        services.TryAddSingleton<IJobHistory>(provider => provider.GetRequiredService<SqlJobQueue>());
        services.TryAddSingleton<IWorkerRegistry>(provider => provider.GetRequiredService<SqlJobQueue>());
        services.TryAddSingleton(provider => new SqlExperimentStore(provider.GetRequiredService<SqlDatabase>(), Clock(provider)));
        services.TryAddSingleton<IExperimentStore>(provider => provider.GetRequiredService<SqlExperimentStore>());
        services.TryAddSingleton<IExperimentRequests, SqlExperimentRequests>();
        services.TryAddSingleton<IStudyStore, SqlStudyStore>();
        services.AddHostedService<StorageUpkeep>();
        return services;
    }

    private static DataFolder Folder(IServiceProvider provider)
    {
        var options = Options(provider);
        return options.Join ? DataFolder.Join(options.DataFolder, holdsDatabase: options.Database == StorageOptions.Sqlite) : DataFolder.Open(options.DataFolder);
    }

    private static SqlDatabase Database(IServiceProvider provider)
    {
        var options = Options(provider);
        var clock = provider.GetRequiredService<TimeProvider>();
        var folder = provider.GetRequiredService<DataFolder>();
        return (options.Database, options.Join) switch
        {
            (StorageOptions.PostgreSql, false) => PostgresDatabase.Open(options.Postgres!.ConnectionString, options.Postgres.MigrationConnectionString, clock),
            (StorageOptions.PostgreSql, true) => PostgresDatabase.Join(options.Postgres!.ConnectionString, clock),
            (_, false) => SqliteDatabase.Open(folder.DatabasePath, options.FlushEveryCommit, clock),
            (_, true) => SqliteDatabase.Join(folder.DatabasePath, options.FlushEveryCommit),
        };
    }

    private static GrainStateSource GrainState(IServiceProvider provider) => provider.GetRequiredService<SqlDatabase>() is PostgresDatabase postgres
        ? new PostgresGrainState(postgres)
        : SqliteGrainState.Open(provider.GetRequiredService<DataFolder>());

    /// <summary>What leases and reservations go by: processes on several machines share the server's clock.</summary>
    private static TimeProvider Clock(IServiceProvider provider) => provider.GetRequiredService<SqlDatabase>() is PostgresDatabase postgres ? postgres.ServerClock : provider.GetRequiredService<TimeProvider>();

    private static SqlJobQueue Queue(IServiceProvider provider)
    {
        var blobs = provider.GetRequiredService<IBlobStore>();
        var clock = Clock(provider);
        var database = provider.GetRequiredService<SqlDatabase>();
        return database is PostgresDatabase postgres ? new PostgresJobQueue(postgres, blobs, clock, Options(provider).Queue) : new SqlJobQueue(database, blobs, clock, Options(provider).Queue);
    }

    private static IBlobStore BlobStore(IServiceProvider provider)
    {
        var folder = provider.GetRequiredService<DataFolder>();
        var ledger = provider.GetRequiredService<SqlBlobLedger>();
        return Options(provider).Azure is { } azure
            ? new AzureBlobStore(AzureContainer.Of(azure), Path.Combine(folder.BlobPath, "incoming"), folder.ClaimedAt, ledger)
            : new FolderBlobStore(folder.BlobPath, folder.ClaimedAt, ledger);
    }

    private static StorageOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<StorageOptions>>().Value;
}
