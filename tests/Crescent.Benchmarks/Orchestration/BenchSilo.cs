using System.Net;
using System.Net.Sockets;
using Crescent.Grains.Control;
using Crescent.Grains.Hosting;
using Crescent.Grains.Jobs;
using Crescent.Grains.Runs;
using Crescent.Storage.GrainState;
using Crescent.Storage.Hosting;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>A control process: storage, silo and control loop, as the server has them.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    public const string Code = "bench";

    private readonly IHost host;

    private BenchSilo(IHost host) => this.host = host;

    public IJobQueue Jobs => Get<IJobQueue>();

    public IWorkQueue Work => Get<IWorkQueue>();

    public DeliveryCount Delivered => Get<DeliveryCount>();

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    /// <param name="sinks">True: runs are <see cref="SinkGrain"/>; false: they are what they are in the server.</param>
    public static async Task<BenchSilo> StartAsync(BenchStore store, bool sinks, Action<IServiceCollection>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCrescentStorage(store.Configure);
        builder.Services.AddSingleton<DeliveryCount>();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort())
            .AddAdoNetGrainStorage(RunGrain.Storage, storage => storage.Configure<GrainStateSource, IGrainStorageSerializer>(Configure))
            .AddCrescentGrains(new JobCode(Code)));
        if (sinks)
        {
            builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(ControlLoop)));
            builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ControlLoop>(services, SinkFactory.Around(services.GetRequiredService<IGrainFactory>())));
        }

        more?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new BenchSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private static void Configure(AdoNetGrainStorageOptions options, GrainStateSource source, IGrainStorageSerializer serializer)
    {
        options.Invariant = source.Invariant;
        options.DataSource = source;
        options.GrainStorageSerializer = serializer;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
