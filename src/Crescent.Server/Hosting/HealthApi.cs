using Crescent.Server.Workers;
using Crescent.Storage.Experiments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crescent.Server.Hosting;

/// <param name="Status"><c>live</c>, <c>ready</c>, <c>starting</c>, <c>draining</c>, <c>unavailable</c>.</param>
public sealed record HealthView(string Status);

internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Liveness touches neither the database nor grains: a slow disk is no reason to be restarted.
        routes.MapGet("/health/live", () => TypedResults.Ok(new HealthView("live"))).WithTags("Health").WithName("Live").WithSummary("The process answers.");
        routes.MapGet("/health/ready", ReadyAsync).WithTags("Health").WithName("Ready").WithSummary("The process takes work: the database answers, the registry of workers has it, and no stop is under way.");
    }

    private static async Task<Results<Ok<HealthView>, JsonHttpResult<HealthView>>> ReadyAsync(IExperimentStore store, WorkerActivity worker, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Unready("draining");
        }

        if (!worker.Registered)
        {
            return Unready("starting");
        }

        try
        {
            await store.ListAsync(1, null, cancellation);
        }
        catch (CrescentException)
        {
            // The request log has no use for it: the store logs its own failures, the probe wants a status.
            return Unready("unavailable");
        }

        return TypedResults.Ok(new HealthView("ready"));
    }

    private static JsonHttpResult<HealthView> Unready(string status) => TypedResults.Json(new HealthView(status), statusCode: StatusCodes.Status503ServiceUnavailable);
}
