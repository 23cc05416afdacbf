using Crescent.Grains.Control;
using Crescent.Grains.Jobs;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Server.Hosting;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Workers;

internal static class WorkerSetup
{
    /// <summary>Adds the kernels and, with the compute role, the worker that runs them.</summary>
    public static void AddCrescentWorker(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddCrescentKernels();
        builder.Services.TryAddSingleton(KernelSetup.Code);
        builder.Services.TryAddSingleton<ControlHints>();
        builder.Services.AddSingleton(services => Activity(services, options));
        builder.Services.AddHostedService<WorkerRegistration>();
        if (options.Computes)
        {
            builder.Services.AddHostedService<WorkerService>();
        }
    }

    private static WorkerActivity Activity(IServiceProvider services, ServerOptions options)
    {
        var worker = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        var kinds = services.GetServices<IKernel>().Select(kernel => kernel.Kind).Order(StringComparer.Ordinal);
        var identity = new WorkerIdentity(WorkerActivity.NameOf(options), options.Computes ? [.. kinds] : [], services.GetRequiredService<JobCode>().Hash)
        {
            Capabilities = worker.Capabilities(services.GetServices<IEngineFactory>().Select(engine => engine.Name)),
        };
        return new WorkerActivity(identity, options.Computes ? worker.EffectiveSlots : 0);
    }
}
