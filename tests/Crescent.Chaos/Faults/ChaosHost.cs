using System.Diagnostics;
using Crescent.Grains.Runs;
using Crescent.Server;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Hosting;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;

namespace Crescent.Chaos.Faults;

/// <summary>
/// The server as it is, with faults before its stores and its clock. It comes in where test hosts do: .NET announces every host that is about to be built, and whoever listens may still change its services. The product knows nothing of it.
/// </summary>
internal sealed class ChaosHost(FaultPlan plan) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private const string Inner = "undisturbed";
    private readonly Switches switches = new(plan.Folder);

    public static Task<int> RunAsync(string[] args)
    {
        var plan = FaultPlan.Read(Environment.GetEnvironmentVariable(FaultPlan.Variable) ?? throw new InvalidOperationException($"{FaultPlan.Variable} is not set."));
        DiagnosticListener.AllListeners.Subscribe(new ChaosHost(plan));
        new Thread(EndWithDriver) { IsBackground = true }.Start();
        return CrescentServer.RunAsync(args);
    }

    public void OnNext(DiagnosticListener value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Name == "Microsoft.Extensions.Hosting")
        {
            value.Subscribe(this);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder })
        {
            builder.ConfigureServices((_, services) => Disturb(services));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Disturb(IServiceCollection services)
    {
        var faults = new FaultInjector(plan, switches);
        var journal = new Journal(plan.Folder);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new JumpingClock(switches)));

        // A job that is killed again and again before its first snapshot is not to be given up here, and nobody has minutes to wait.
        services.Configure<StorageOptions>(options => options.Queue = options.Queue with { MaxAttempts = 1_000_000, FirstBackoff = TimeSpan.FromMilliseconds(50), LongestBackoff = TimeSpan.FromMilliseconds(500) });
        Wrap<IJobQueue>(services, null, faults, journal);
        Wrap<IWorkQueue>(services, null, faults, journal);
        Wrap<IExperimentStore>(services, null, faults, journal);
        Wrap<IGrainStorage>(services, RunGrain.Storage, faults, journal);
        Wrap<IBlobStore>(services, null, faults, journal);
        services.Replace(ServiceDescriptor.Singleton(provider => (IBlobRemoval)provider.GetRequiredKeyedService<IBlobStore>(Inner)));
    }

    /// <summary>The driver holds the other end of standard input: when it is gone, however that happened, so is this process.</summary>
    private static void EndWithDriver()
    {
        _ = Console.In.Read();
        Environment.Exit(1);
    }

    /// <summary>Puts faults before a service; the service itself stays under the key <see cref="Inner"/>. A process that lacks it, by its role, goes without.</summary>
    private static void Wrap<T>(IServiceCollection services, object? key, FaultInjector faults, Journal journal)
        where T : class
    {
        if (services.LastOrDefault(descriptor => descriptor.ServiceType == typeof(T) && Equals(descriptor.ServiceKey, key)) is not { } original)
        {
            return;
        }

        services.Remove(original);
        services.AddKeyedSingleton(Inner, (provider, _) => (T)Make(original, provider));
        if (key is null)
        {
            services.AddSingleton(provider => FaultyStore.Around(provider.GetRequiredKeyedService<T>(Inner), faults, journal));
        }
        else
        {
            services.AddKeyedSingleton(key, (provider, _) => FaultyStore.Around(provider.GetRequiredKeyedService<T>(Inner), faults, journal));
        }
    }

    private static object Make(ServiceDescriptor descriptor, IServiceProvider provider) => descriptor switch
    {
        { IsKeyedService: true, KeyedImplementationFactory: { } make } => make(provider, descriptor.ServiceKey),
        { IsKeyedService: false, ImplementationFactory: { } make } => make(provider),
        { IsKeyedService: false, ImplementationType: { } type } => ActivatorUtilities.CreateInstance(provider, type),
        _ => throw new InvalidOperationException($"{descriptor.ServiceType.Name} is registered in a way that the chaos host does not know."),
    };
}
