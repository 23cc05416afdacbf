using System.Data.Common;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Configuration
{
    public class AdoNetClusteringSiloOptions
    {
        public string? ConnectionString { get; set; }

        /// <summary>Used instead of the connection string when given.</summary>
        public DbDataSource? DataSource { get; set; }

        public string Invariant { get; set; } = "Microsoft.Data.SqlClient";
    }

    /// <summary>How members watch one another. A silo of one watches nobody.</summary>
    public class ClusterMembershipOptions
    {
        public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

        public int NumMissedProbesLimit { get; set; } = 3;
    }
}

namespace Orleans.Hosting
{
    public static class AdoNetHostingExtensions
    {
        /// <summary>Keeps the options and clusters nothing: this silo is the only one, which its host has to see to.</summary>
        public static ISiloBuilder UseAdoNetClustering(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetClusteringSiloOptions>> configureOptions)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(configureOptions);
            configureOptions(builder.Services.AddOptions<AdoNetClusteringSiloOptions>());
            return builder;
        }
    }

    public static class EndpointOptionsExtensions
    {
        /// <summary>The stand-in opens no ports; it keeps the silo's address for those who ask.</summary>
        public static ISiloBuilder ConfigureEndpoints(this ISiloBuilder builder, IPAddress advertisedIP, int siloPort, int gatewayPort, bool listenOnAnyHostAddress = false) =>
            builder.ConfigureServices(services => services.AddSingleton(SiloAddress.New(new(advertisedIP, siloPort), 1)));
    }
}
