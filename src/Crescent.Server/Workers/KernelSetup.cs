using Crescent.Grains.Jobs;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Torch;

namespace Crescent.Server.Workers;

internal static class KernelSetup
{
    /// <summary>The code that jobs of this process are made for and that its worker runs.</summary>
    public static JobCode Code { get; } = JobCode.Of(typeof(TorchEngineFactory).Assembly);

    /// <summary>Adds the engine and every kernel there is: each is stateless and takes the engine factory.</summary>
    public static IServiceCollection AddCrescentKernels(this IServiceCollection services)
    {
        services.AddSingleton<IEngineFactory, CpuEngineFactory>();
        foreach (var kernel in typeof(IKernel).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKernel))).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            services.AddSingleton(typeof(IKernel), kernel);
        }

        return services;
    }
}
