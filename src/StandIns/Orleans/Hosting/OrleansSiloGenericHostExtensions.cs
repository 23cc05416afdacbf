using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Microsoft.Extensions.Hosting;

public static class OrleansSiloGenericHostExtensions
{
    public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder) => UseOrleans(hostAppBuilder, static _ => { });

    public static IHostApplicationBuilder UseOrleans(this IHostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostAppBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        configureDelegate(AddSilo(hostAppBuilder.Services, hostAppBuilder.Configuration));
        return hostAppBuilder;
    }

    public static HostApplicationBuilder UseOrleans(this HostApplicationBuilder hostAppBuilder) => UseOrleans(hostAppBuilder, static _ => { });

    public static HostApplicationBuilder UseOrleans(this HostApplicationBuilder hostAppBuilder, Action<ISiloBuilder> configureDelegate)
    {
        UseOrleans((IHostApplicationBuilder)hostAppBuilder, configureDelegate);
        return hostAppBuilder;
    }

    public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<ISiloBuilder> configureDelegate) => UseOrleans(hostBuilder, (_, silo) => configureDelegate(silo));

    public static IHostBuilder UseOrleans(this IHostBuilder hostBuilder, Action<HostBuilderContext, ISiloBuilder> configureDelegate)
    {
        ArgumentNullException.ThrowIfNull(hostBuilder);
        ArgumentNullException.ThrowIfNull(configureDelegate);
        return hostBuilder.ConfigureServices((context, services) => configureDelegate(context, AddSilo(services, context.Configuration)));
    }

    private static SiloBuilder AddSilo(IServiceCollection services, IConfiguration configuration)
    {
        if (services.All(s => s.ServiceType != typeof(SiloRuntime)))
        {
            services.AddOptions();
            services.AddLogging();
            services.TryAddSingleton(TimeProvider.System);
            services.AddOptions<SiloOptions>().PostConfigure(options => options.SiloName = options.SiloName is "" ? Environment.MachineName : options.SiloName);
            services.AddSingleton<SiloRuntime>();
            services.AddHostedService(provider => provider.GetRequiredService<SiloRuntime>());
            services.AddSingleton<ILocalSiloDetails, LocalSiloDetails>();
            services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<SiloRuntime>().Factory);
            services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<SiloRuntime>().Factory);
            services.AddSingleton<IGrainContextAccessor, GrainContextAccessor>();
            services.AddScoped<IGrainContext>(_ => Activation.Current ?? throw new InvalidOperationException("There is a grain context only in the turns of a grain."));
        }

        return new(services, configuration);
    }

    private sealed class GrainContextAccessor : IGrainContextAccessor
    {
        public IGrainContext GrainContext => Activation.Current!;
    }

    private sealed class LocalSiloDetails(IOptions<ClusterOptions> cluster, IOptions<SiloOptions> silo, IEnumerable<SiloAddress> addresses) : ILocalSiloDetails
    {
        public string Name => silo.Value.SiloName;

        public string ClusterId => cluster.Value.ClusterId;

        public SiloAddress SiloAddress { get; } = addresses.LastOrDefault() ?? SiloAddress.New(new(System.Net.IPAddress.Loopback, 11111), 1);
    }
}
