using Crescent.Grains.Control;
using Crescent.Server.Hosting;
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
        builder.Services.AddSingleton(services => new WorkerActivity(WorkerActivity.NameOf(options), options.Computes ? services.GetRequiredService<IOptions<WorkerOptions>>().Value.EffectiveSlots : 0));
        if (options.Computes)
        {
            builder.Services.AddHostedService<WorkerService>();
        }
    }
}
