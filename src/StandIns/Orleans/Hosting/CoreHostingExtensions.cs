using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Hosting;

public static class CoreHostingExtensions
{
    /// <summary>One silo on this machine. The stand-in opens no ports; it keeps the silo's address for those who ask. The ids count when they differ from the defaults: else the options' own stay.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder, int siloPort = 11111, int gatewayPort = 30000, IPEndPoint? primarySiloEndpoint = null, string serviceId = "dev", string clusterId = "dev")
    {
        if (serviceId != "dev" || clusterId != "dev")
        {
            builder.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (serviceId, clusterId));
        }

        return builder.ConfigureServices(services => services.AddSingleton(SiloAddress.New(new(IPAddress.Loopback, siloPort), 1)));
    }

    /// <summary>Traces do not leave the process here, so there is nothing to propagate beyond what the platform does.</summary>
    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder) => builder;
}
