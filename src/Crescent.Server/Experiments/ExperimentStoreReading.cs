using Crescent.Storage.Experiments;

namespace Crescent.Server.Experiments;

internal static class ExperimentStoreReading
{
    /// <exception cref="CrescentException"><c>experiment-not-found</c>.</exception>
    public static async Task<ExperimentRow> RequireAsync(this IExperimentStore store, string id, CancellationToken cancellation) =>
        (ExperimentIds.IsValid(id) ? await store.FindAsync(id, cancellation) : null)
        ?? throw new CrescentException("experiment-not-found", $"There is no experiment '{id}'. `crescent experiment list` shows those there are.");
}
