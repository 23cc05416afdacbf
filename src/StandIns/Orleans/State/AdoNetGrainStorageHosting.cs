using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Configuration
{
    public class AdoNetGrainStorageOptions : IStorageProviderSerializerOptions
    {
        public string? ConnectionString { get; set; }

        /// <summary>Used instead of the connection string when given.</summary>
        public DbDataSource? DataSource { get; set; }

        public string Invariant { get; set; } = "Microsoft.Data.SqlClient";

        /// <summary>Whether clearing deletes the row instead of emptying it.</summary>
        public bool DeleteStateOnClear { get; set; }

        public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
    }
}

namespace Orleans.Hosting
{
    public static class AdoNetGrainStorageSiloBuilderExtensions
    {
        public static ISiloBuilder AddAdoNetGrainStorage(this ISiloBuilder builder, string name, Action<AdoNetGrainStorageOptions> configureOptions) =>
            builder.AddAdoNetGrainStorage(name, options => options.Configure(configureOptions));

        public static ISiloBuilder AddAdoNetGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<AdoNetGrainStorageOptions>>? configureOptions = null) =>
            builder.ConfigureServices(services =>
            {
                var options = services.AddOptions<AdoNetGrainStorageOptions>(name);
                configureOptions?.Invoke(options);
                options.PostConfigure<IServiceProvider>((o, provider) => o.GrainStorageSerializer ??= provider.GetKeyedService<IGrainStorageSerializer>(name) ?? provider.GetService<IGrainStorageSerializer>()
                    ?? throw new OrleansConfigurationException($"Storage \"{name}\" has no GrainStorageSerializer: set one in its options or register an IGrainStorageSerializer."));
                GrainStorageRegistration.Add(services, name, provider => Create(provider, name));
            });

        public static ISiloBuilder AddAdoNetGrainStorageAsDefault(this ISiloBuilder builder, Action<AdoNetGrainStorageOptions> configureOptions) =>
            builder.AddAdoNetGrainStorage(GrainStorageRegistration.DefaultName, configureOptions);

        private static AdoNetGrainStorage Create(IServiceProvider provider, string name)
        {
            var options = provider.GetRequiredService<IOptionsMonitor<AdoNetGrainStorageOptions>>().Get(name);
            return new(name, provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId, options, new(options.Invariant, options.ConnectionString, options.DataSource));
        }
    }
}
