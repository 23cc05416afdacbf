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

    [Alias("pause")]
    Task PauseAsync(CancellationToken cancellation = default);

    [Alias("resume")]
    Task ResumeAsync(CancellationToken cancellation = default);

    [Alias("cancel")]
    Task CancelAsync(CancellationToken cancellation = default);

    /// <summary>A run tells what happened to it. Idempotent by (run, sequence). Interleaves with the other methods, which may be waiting for that run; decides, and leaves carrying out to them.</summary>
    [Alias("report"), AlwaysInterleave]
    Task ReportAsync(RunReport report, CancellationToken cancellation = default);

    /// <summary>Drives everything that was decided but may not have been carried out: outbox, starts, stops. Called every second for unfinished experiments.</summary>
    [Alias("reconcile")]
    Task ReconcileAsync(CancellationToken cancellation = default);
}
