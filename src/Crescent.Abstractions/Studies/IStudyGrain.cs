using Orleans;

namespace Crescent.Abstractions.Studies;

/// <summary>Drives one study: keeps as many of its experiments under way as it may have. Its state is the study's row and the rows of its experiments; key: the study's id.</summary>
[Alias("crescent.study")]
public interface IStudyGrain : IGrainWithStringKey
{
    /// <summary>Looks at where the experiments are, and does what is due. Idempotent; called every second for unfinished studies and after each request.</summary>
    [Alias("reconcile")]
    Task ReconcileAsync(CancellationToken cancellation = default);
}
