using Crescent.Abstractions.Runs;
using Orleans;
using Orleans.Concurrency;

namespace Crescent.Abstractions.Experiments;

/// <summary>Runs one experiment: its plan decides, its child grains (<see cref="IRunGrain"/>) carry out. Key: the experiment's id. Every method is idempotent, quick, and durable before it returns.</summary>
[Alias("crescent.experiment")]
public interface IExperimentGrain : IGrainWithStringKey
{
    /// <summary>Starts the experiment whose row and spec are stored. Calling it again continues whatever is left to do.</summary>
    [Alias("start")]
    Task StartAsync(CancellationToken cancellation = default);

    /// <summary>A run tells what happened to it. Idempotent by (run, sequence). Interleaves with the other methods, which may be waiting for that run; decides, and leaves carrying out to them.</summary>
    /// <returns>False where the run has ended, or has been set back since: it wants to hear no more of that job, and detaches from it.</returns>
    [Alias("report"), AlwaysInterleave]
    Task<bool> ReportAsync(RunReport report, CancellationToken cancellation = default);

    /// <summary>Takes in requests that were accepted, and drives everything that was decided but may not have been carried out: outbox, starts, stops. Called every second for unfinished experiments, and after each request.</summary>
    [Alias("reconcile")]
    Task ReconcileAsync(CancellationToken cancellation = default);

    /// <summary>The checkpoint that a name stands for (<c>base</c>, <c>sft-300</c>, <c>best</c>, <c>end</c>, <c>recovery-300</c>); null where there is none, or none yet.</summary>
    [Alias("find-checkpoint")]
    Task<CheckpointFound?> FindCheckpointAsync(string name, CancellationToken cancellation = default);
}

/// <param name="Name">In its one spelling: <c>sft-300</c> for <c>300</c>.</param>
/// <param name="Run">The run that made it, inside the experiment.</param>
[GenerateSerializer, Immutable, Alias("crescent.checkpoint-found")]
public sealed record CheckpointFound([property: Id(0)] string Name, [property: Id(1)] string Run, [property: Id(2)] string Sha256);
