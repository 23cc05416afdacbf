using Crescent.Grains.Control;
using Crescent.Grains.Jobs;
using Crescent.Grains.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using Orleans.Storage;

namespace Crescent.Grains.Hosting;

public static class GrainServices
{
    /// <summary>
    /// What the grains need beyond the stores: the code hash of jobs, hints, their storage serializer, and the control loop. Idempotent.
    /// </summary>
    /// <param name="code">Null: the kernels alone; name the engines' assemblies with <see cref="JobCode.Of"/>.</param>
    public static IServiceCollection AddCrescentGrains(this IServiceCollection services, JobCode? code = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => code ?? JobCode.Of());
        services.TryAddSingleton<ControlHints>();
        services.Replace(ServiceDescriptor.Singleton<IGrainStorageSerializer, StateSerializer>());
        services.AddHostedService<ControlLoop>();
        return services;
    }

    /// <summary>The same on a silo. The host adds the grain storage named <see cref="Runs.RunGrain.Storage"/>.</summary>
    public static ISiloBuilder AddCrescentGrains(this ISiloBuilder silo, JobCode? code = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddCrescentGrains(code);
        return silo;
    }
}
