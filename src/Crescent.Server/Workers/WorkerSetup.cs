using Crescent.Kernels.Jobs;
using Crescent.Server.Hosting;

namespace Crescent.Server.Workers;

internal static class WorkerSetup
{
    /// <summary>Adds the kernels and, with the compute role, the worker that runs them.</summary>
    public static void AddCrescentWorker(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.Services.AddCrescentKernels();
        if (options.Computes)
        {
            builder.Services.AddHostedService<WorkerService>();
        }
    }
}
