using System.Text.Json;
using Crescent.Grains.Jobs;
using Crescent.Storage.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crescent.Server.Workers;

/// <summary>One process of the installation.</summary>
/// <param name="State"><c>active</c>; <c>draining</c>: it claims nothing more; <c>silent</c>: it has not been heard of for half a minute, and what it ran goes on elsewhere once its leases have run out.</param>
/// <param name="Slots">Jobs that it runs at a time; 0: it runs none.</param>
/// <param name="SameCode">False: it was built from other kernels than the server that answers, and takes none of its jobs.</param>
/// <param name="MemoryMiB">What a slot offers to its job; null: no limit.</param>
public sealed record WorkerView(
    string Name,
    string Host,
    IReadOnlyList<string> Roles,
    string State,
    int Slots,
    int Busy,
    string CodeHash,
    bool SameCode,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<string> Engines,
    int? MemoryMiB,
    IReadOnlyList<string> Accelerators,
    IReadOnlyList<string> Labels,
    DateTimeOffset StartedAt,
    DateTimeOffset HeardAt)
{
    internal static WorkerView From(WorkerStatus worker, string code, DateTimeOffset now) => new(
        worker.Name,
        worker.Host,
        worker.Roles,
        worker.IsLive(now) ? JsonNamingPolicy.KebabCaseLower.ConvertName(worker.State.ToString()) : "silent",
        worker.Slots,
        worker.Busy,
        worker.CodeHash,
        worker.CodeHash == code,
        worker.Kinds,
        worker.Capabilities.Engines,
        worker.Capabilities.MemoryMiB == int.MaxValue ? null : worker.Capabilities.MemoryMiB,
        worker.Capabilities.Accelerators,
        worker.Capabilities.Labels,
        worker.StartedAt,
        worker.LastHeartbeat);
}

/// <summary><c>/api/v1/workers</c>.</summary>
internal static class WorkersApi
{
    public static RouteGroupBuilder MapWorkers(this RouteGroupBuilder api)
    {
        api.MapGet("/workers", ListAsync).WithTags("Workers").WithName("ListWorkers").WithSummary("The processes of the installation by name: what each can run and how busy it is. Those that have been silent for an hour are left out.");
        return api;
    }

    private static async Task<Ok<IReadOnlyList<WorkerView>>> ListAsync(IWorkerRegistry registry, JobCode code, TimeProvider time, CancellationToken cancellation)
    {
        var workers = await registry.WorkersAsync(cancellation);
        var now = time.GetUtcNow();
        return TypedResults.Ok<IReadOnlyList<WorkerView>>([.. workers.Select(worker => WorkerView.From(worker, code.Hash, now))]);
    }
}
