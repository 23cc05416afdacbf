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
    /// <summary>A silo of one: SQLite allows one control process, so nothing is to be clustered. The ports matter to Orleans only; nobody else knocks there.</summary>
    public static void AddCrescentSilo(this WebApplicationBuilder builder) => builder.UseOrleans(silo => silo
        .UseLocalhostClustering(PortProbe.Free(), PortProbe.Free(), serviceId: "crescent", clusterId: "crescent")
        .AddAdoNetGrainStorage(RunGrain.Storage, storage => storage.Configure<GrainStateSource, IGrainStorageSerializer>(Configure))
        .AddCrescentGrains(KernelSetup.Code));

    private static void Configure(AdoNetGrainStorageOptions options, GrainStateSource source, IGrainStorageSerializer serializer)
    {
        options.Invariant = source.Invariant;
        options.DataSource = source;
        options.GrainStorageSerializer = serializer;
    }
}
