using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Server.Hosting;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;
using Orleans;

namespace Crescent.Server.Experiments;

/// <summary>Accepts requests on experiments: durable first, then handed to the grain.</summary>
internal sealed partial class ExperimentRequests(IExperimentStore store, IExperimentRequests requests, IJobQueue jobs, IGrainFactory grains, DiskSpace disk, TimeProvider time, ILogger<ExperimentRequests> logger)
{
    /// <summary>Everything that is asked, in one spelling.</summary>
    public static string Content(string id, string verb, string body) => string.Join('\n', id, verb, body);

    public async Task<bool> IsKnownAsync(IdempotencyKey key, CancellationToken cancellation) => await requests.FindKeyAsync(key, cancellation) is not null;

    /// <summary>Refuses an extension that the experiment could never take in, before it is stored.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>.</exception>
    public async Task CheckExtensionAsync(string id, JsonNode? document, CancellationToken cancellation)
    {
        var row = await store.RequireAsync(id, cancellation);
        var spec = JobJson.Read<ExperimentSpec>(await store.ReadSpecAsync(row.SpecHash, cancellation));
        if (ExperimentSpecReader.Hash(ExperimentExtension.Apply(spec, document)) == row.SpecHash)
        {
            throw new CrescentException("spec-invalid", $"The experiment has all of this already. Name more of {string.Join(", ", ExperimentExtension.Fields)}.");
        }
    }

    /// <summary>Stores the request, has the experiment take it in, and tells what is known of it then. A grain that cannot be reached now takes it in later.</summary>
    public async Task<RequestRow> AcceptAsync(string id, string verb, string body, IdempotencyKey? key, CancellationToken cancellation)
    {
        await store.RequireAsync(id, cancellation);
        var accepted = await requests.AcceptAsync(id, verb, body, key, cancellation);
        if (accepted.SettledAt is not null)
        {
            return accepted;
        }

        try
        {
            // From here on the request stands: a client that leaves now must not keep it from being carried out.
            await grains.GetGrain<IExperimentGrain>(id).ReconcileAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogTakenInLater(e, verb, accepted.Number, id);
        }

        return await requests.FindRequestAsync(id, accepted.Number, cancellation) ?? accepted;
    }

    public Task<ExperimentView> ViewAsync(string id, CancellationToken cancellation) => ExperimentsApi.ViewAsync(id, store, jobs, disk, time, cancellation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {Number} ({Verb}) of {Experiment} is stored, and taken in later")]
    private partial void LogTakenInLater(Exception error, string verb, long number, string experiment);
}
