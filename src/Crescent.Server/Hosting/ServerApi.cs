using Crescent.Grains.Jobs;
using Crescent.Server.Workers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Hosting;

/// <param name="CodeHash">Content hash of kernels and engines: the work cache and workers go by it.</param>
/// <param name="Slots">Jobs run at a time.</param>
public sealed record ServerView(string Version, string Runtime, string Engine, string CodeHash, int Cores, int Slots);

internal static class ServerApi
{
    public static RouteGroupBuilder MapServer(this RouteGroupBuilder api)
    {
        api.MapGet("/server", Get).WithTags("Server").WithName("GetServer").WithSummary("What this server runs on.");
        return api;
    }

    private static Ok<ServerView> Get(JobCode code, IOptions<WorkerOptions> worker, IOptions<ServerOptions> server) => TypedResults.Ok(new ServerView(
        typeof(ServerApi).Assembly.GetName().Version!.ToString(3),
        RuntimeFacts.Orleans,
        RuntimeFacts.Engines[0],
        code.Hash,
        worker.Value.EffectiveCores,
        server.Value.Computes ? worker.Value.EffectiveSlots : 0));
}
