using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Orleans;

namespace Crescent.Server.Experiments;

/// <summary>Makes an experiment of a resolved spec: stored first, then started.</summary>
internal static class ExperimentSubmit
{
    /// <returns>The experiment, and whether it is new: the key may have made it before.</returns>
    public static async Task<(ExperimentRow Stored, bool IsNew)> StoreAsync(ExperimentSpec spec, IdempotencyKey? key, IExperimentStore store, IGrainFactory grains, TimeProvider time, CancellationToken cancellation)
    {
        var draft = new ExperimentRow(
            ExperimentIds.Next(time), spec.Name, spec.Question, ExperimentSpecReader.Hash(spec), Phases.Pending, time.GetUtcNow(), null, null, null, 0, spec.Origin is { } origin ? JobJson.Write(origin) : null);
        var stored = await store.CreateAsync(draft, ExperimentSpecReader.Write(spec), key, cancellation);

        // From here on the experiment exists: a client that leaves now must not keep it from starting.
        await grains.GetGrain<IExperimentGrain>(stored.Id).StartAsync(CancellationToken.None);
        return (stored, stored.Id == draft.Id);
    }
}
