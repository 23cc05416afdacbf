using System.Net;
using Crescent.Grains.Hosting;
using Crescent.Grains.Runs;
using Crescent.Server.Workers;
using Crescent.Storage.GrainState;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Crescent.Server.Hosting;

internal static class SiloSetup
{
    private const string Name = "crescent";

    /// <summary>Grain state is where the other stores are. On SQLite the silo is alone; on PostgreSQL it joins the cluster that the database's membership table names.</summary>
    public static void AddCrescentSilo(this WebApplicationBuilder builder, SiloEndpoint endpoint, bool clustered) => builder.UseOrleans(silo =>
    {
        _ = clustered ? Join(silo, endpoint) : silo.UseLocalhostClustering(PortProbe.Free(), PortProbe.Free(), serviceId: Name, clusterId: Name);
        silo.AddAdoNetGrainStorage(RunGrain.Storage, storage => storage.Configure<GrainStateSource, IGrainStorageSerializer>(Configure))
            .AddCrescentGrains(KernelSetup.Code);
    });

    /// <summary>A dead member is voted out after three probes of two seconds: its grains are elsewhere in about six seconds.</summary>
    private static ISiloBuilder Join(ISiloBuilder silo, SiloEndpoint endpoint) => silo
        .Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (Name, Name))
        .Configure<ClusterMembershipOptions>(membership => (membership.ProbeTimeout, membership.NumMissedProbesLimit) = (TimeSpan.FromSeconds(2), 3))
        .ConfigureEndpoints(IPAddress.Parse(endpoint.Address), endpoint.Port > 0 ? endpoint.Port : PortProbe.Free(), endpoint.GatewayPort > 0 ? endpoint.GatewayPort : PortProbe.Free())
        .UseAdoNetClustering(clustering => clustering.Configure<GrainStateSource>(Configure));

    private static void Configure(AdoNetClusteringSiloOptions options, GrainStateSource source)
    {
        options.Invariant = source.Invariant;
        options.DataSource = source;
    }

    private static void Configure(AdoNetGrainStorageOptions options, GrainStateSource source, IGrainStorageSerializer serializer)
    {
        options.Invariant = source.Invariant;
        options.DataSource = source;
        options.GrainStorageSerializer = serializer;
    }
}
