using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Grains.Jobs;
using Crescent.Grains.State;
using Crescent.Storage.Jobs;
using Orleans;
using Orleans.Runtime;

namespace Crescent.Grains.Runs;

/// <summary>
/// Keeps one run subscribed to its job, and hands on what the job commits. A command is stored before it acts, so that a late, older one finds its number taken: a start that was overtaken by a stop leaves no job behind.
/// </summary>
[GrainType("run")]
public sealed class RunGrain([PersistentState("run", RunGrain.Storage)] IPersistentState<RunRecord> record, IJobQueue jobs, JobCode code) : Grain, IRunGrain
{
    /// <summary>Name of the storage provider of all of Crescent's grains.</summary>
    public const string Storage = "crescent";

    private string Run => this.GetPrimaryKeyString();

    private string Experiment => Run[..Run.IndexOf('/', StringComparison.Ordinal)];

    public async Task<RunStarted> StartAsync(RunStart start, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (start.Command < record.State.Command)
        {
            return new RunStarted(record.State.JobKey, record.State.Cached);
        }

        if (start.Command > record.State.Command && record.State.JobKey is { } before && await jobs.FindAsync(before, cancellation) is { Phase: JobPhase.Failed })
        {
            // Another try: only a new subscription queues a failed job again.
            await jobs.ForgetAsync(Run, cancellation);
        }

        await record.WriteAsync(record.State with { Command = start.Command, Wanted = true });
        try
        {
            var job = await jobs.SubscribeAsync(new JobRequest(start.Kind, start.Spec, start.Inputs, code.Hash) { Scheduling = new JobScheduling(start.Study), Checkpoints = start.Checkpoints }, Run, start.Priority, cancellation);
            await record.WriteAsync(record.State with { JobKey = job.Key, Cached = job.Hit });
            return new RunStarted(job.Key, job.Hit);
        }
        catch (CrescentException e)
        {
            return new RunStarted(null, false, e.Code, e.Message, e.Retryable);
        }
    }

    public async Task StopAsync(long command, CancellationToken cancellation = default)
    {
        if (command >= record.State.Command)
        {
            await record.WriteAsync(record.State with { Command = command, Wanted = false });
            await jobs.UnsubscribeAsync(Run, cancellation);
        }
    }

    public async Task DeliverAsync(CancellationToken cancellation = default)
    {
        if (await jobs.ReadDeliveryAsync(Run, cancellation) is not { } delivery)
        {
            return;
        }

        if (!record.State.Wanted && record.State.Command > 0)
        {
            // Stopped, and yet subscribed: the process ended between the two.
            await jobs.UnsubscribeAsync(Run, cancellation);
            return;
        }

        var experiment = GrainFactory.GetGrain<IExperimentGrain>(Experiment);
        var cached = record.State.JobKey == delivery.Key && record.State.Cached;
        foreach (var outcome in delivery.Outcomes)
        {
            var artifacts = outcome.Artifacts.Select(artifact => new RunReportArtifact(artifact.Name, artifact.Kind, artifact.Sha256, artifact.Bytes)).ToList();
            if (!await experiment.ReportAsync(new RunReport(Run, outcome.Sequence, outcome.Kind, outcome.Step, outcome.Payload, artifacts, delivery.Key, cached, Command: record.State.Command), cancellation))
            {
                // The run has ended. Should it be set back, it is told everything again.
                await jobs.ForgetAsync(Run, cancellation);
                return;
            }

            await jobs.AcknowledgeAsync(Run, outcome.Sequence, failure: false, cancellation);
        }

        if (delivery.Failure is { } failure)
        {
            await experiment.ReportAsync(new RunReport(Run, 0, RunReport.Failed, 0, "{}", [], delivery.Key, cached, failure.Code, failure.Message, record.State.Command), cancellation);
            await jobs.ForgetAsync(Run, cancellation);
        }
    }
}
