using System.Net;
using System.Net.Sockets;
using Crescent.Abstractions.Experiments;
using Crescent.Grains.Control;
using Crescent.Grains.Hosting;
using Crescent.Grains.Jobs;
using Crescent.Grains.Runs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.GrainState;
using Crescent.Storage.Hosting;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;

namespace Crescent.Grains.Tests.Hosting;

/// <summary>A silo on a data folder, with the control loop and without workers. Disposing it is what a crash leaves behind: nothing is written on the way out.</summary>
internal sealed class GrainHost : IAsyncDisposable
{
    private readonly IHost host;

    private GrainHost(IHost host) => this.host = host;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public WatchedExperiments Experiments => host.Services.GetRequiredService<WatchedExperiments>();

    public WatchedJobs Jobs => host.Services.GetRequiredService<WatchedJobs>();

    public IBlobStore Blobs => host.Services.GetRequiredService<IBlobStore>();

    public IWorkQueue Work => host.Services.GetRequiredService<IWorkQueue>();

    public ControlHints Hints => host.Services.GetRequiredService<ControlHints>();

    public string Code => host.Services.GetRequiredService<JobCode>().Hash;

    public static async Task<GrainHost> StartAsync(string folder, JobCode? code = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCrescentStorage(options => options.DataFolder = folder);
        builder.Services.AddSingleton<SqlExperimentStore>();
        builder.Services.AddSingleton(services => new WatchedExperiments(services.GetRequiredService<SqlExperimentStore>()));
        builder.Services.AddSingleton<IExperimentStore>(services => services.GetRequiredService<WatchedExperiments>());
        builder.Services.AddSingleton(services => new WatchedJobs(services.GetRequiredService<SqlJobQueue>()));
        builder.Services.AddSingleton<IJobQueue>(services => services.GetRequiredService<WatchedJobs>());
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort())
            .AddAdoNetGrainStorage(RunGrain.Storage, storage => storage.Configure<DataFolder, IGrainStorageSerializer>(Configure))
            .AddCrescentGrains(code ?? new JobCode("test")));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new GrainHost(host);
    }

    /// <summary>What the server does on a submit, up to the call of the grain.</summary>
    public Task SubmitAsync(string id, ExperimentSpec spec) => Experiments.CreateAsync(
        new ExperimentRow(id, spec.Name, spec.Question, ExperimentSpecReader.Hash(spec), "pending", DateTimeOffset.UnixEpoch, null, null, null, 0), ExperimentSpecReader.Write(spec), null);

    public IExperimentRequests Requests => host.Services.GetRequiredService<IExperimentRequests>();

    /// <summary>What the server does on a request: stores it, then has the grain take it in.</summary>
    public async Task<RequestRow> RequestAsync(string id, string verb, string body = "{}")
    {
        var accepted = await Requests.AcceptAsync(id, verb, body, key: null);
        await Experiment(id).ReconcileAsync();
        return (await Requests.FindRequestAsync(id, accepted.Number))!;
    }

    public IExperimentGrain Experiment(string id) => Grains.GetGrain<IExperimentGrain>(id);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(CancellationToken.None);
        host.Dispose();
    }

    private static void Configure(AdoNetGrainStorageOptions options, DataFolder folder, IGrainStorageSerializer serializer)
    {
        OrleansSchema.Prepare(folder);
        options.Invariant = OrleansSchema.SqliteInvariant;
        options.ConnectionString = folder.GrainStateConnectionString;
        options.GrainStorageSerializer = serializer;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
