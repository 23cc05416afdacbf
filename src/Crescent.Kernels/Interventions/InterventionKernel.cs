using System.Globalization;
using System.Text;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Interventions;

/// <summary>Runs an <see cref="InterventionSpec"/>: evaluates source, target, and each edit beside its controls; resumes within the model that was being evaluated.</summary>
public sealed class InterventionKernel(IEngineFactory engines) : IKernel
{
    public const string Artifact = "interventions.json";

    public string Kind => JobKinds.Intervention;

    /// <exception cref="CrescentException"><c>spec-invalid</c>, <c>rank-trivial</c>, <c>checkpoint-mismatch</c>, <c>tensors-damaged</c>, <c>not-finite</c>.</exception>
    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<InterventionSpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.Validate());
        var (source, target) = (CheckpointInput.Read(job, "source", spec.Model), CheckpointInput.Read(job, "target", spec.Model));
        var trials = spec.Edits.Select(edit => new InterventionTrial(spec, edit, source, target)).ToArray();
        Func<TensorSet>[] models = [() => source, () => target, .. trials.SelectMany(trial => Enumerable.Range(0, trial.ModelCount).Select(index => (Func<TensorSet>)(() => trial.Model(index))))];
        var progress = job.ReadJsonSnapshot<InterventionProgress>() ?? new InterventionProgress([], [], new ComputeUse());
        var records = new List<EvaluationRecord>(progress.Records);

        // Refuses ranks that some matrix does not have before anything is evaluated.
        foreach (var (edit, name) in spec.Edits.SelectMany(edit => edit.Tensors(spec.Model).Select(name => (edit, name))))
        {
            edit.Ranks(source[name].Shape.Min());
        }

        double[] making = [0, 0, .. trials.SelectMany(trial => Enumerable.Range(0, trial.ModelCount).Select(trial.Operations))];

        // One engine for all models: its buffers are larger than the weights.
        using var engine = new MeteredEngine(engines.Create(spec.Model, source));
        engine.Resume(progress.Compute);
        while (records.Count < models.Length)
        {
            engine.WriteWeights(models[records.Count]());
            var finished = progress.Records.Count == records.Count ? progress.Episodes : [];
            engine.Count(new ComputeUse(Flops: finished.Count == 0 ? making[records.Count] : 0));
            records.Add(Evaluate(job, spec, engine, records, models.Length, finished));
        }

        Complete(job, Result(job, trials, records), engine.Use);
    }

    private static EvaluationRecord Evaluate(IJobContext job, InterventionSpec spec, MeteredEngine engine, List<EvaluationRecord> done, int models, IReadOnlyList<EvaluationEpisode> finished)
    {
        engine.Threads = job.Threads;
        return Evaluator.Run(engine, spec.Evaluation, finished, (episodes, total) =>
        {
            var step = (done.Count * total) + episodes.Count;
            engine.Tell(job, step);
            job.Progress(new JobProgress(step, (long)models * total, "episodes", Note: string.Create(CultureInfo.InvariantCulture, $"model {done.Count + 1} of {models}")));
            var last = done.Count + 1 == models && episodes.Count == total;
            if (job.SnapshotDue && !last)
            {
                InterventionProgress kept = new([.. done], [.. episodes], engine.Use);
                job.Commit(new JobCommit { Step = step, Snapshot = kept.Write });
            }

            job.ThrowIfStopped();
            engine.Threads = job.Threads;
        });
    }

    private static InterventionResult Result(IJobContext job, InterventionTrial[] trials, List<EvaluationRecord> records)
    {
        var outcomes = new List<InterventionOutcome>();
        var next = 2;
        foreach (var trial in trials)
        {
            outcomes.Add(trial.Outcome([.. records.Skip(next).Take(trial.ModelCount)]));
            next += trial.ModelCount;
        }

        return new InterventionResult(job.InputHash("source"), job.InputHash("target"), outcomes, records[0], records[1]);
    }

    private static void Complete(IJobContext job, InterventionResult result, ComputeUse compute)
    {
        var summaries = result.Outcomes.Select(outcome => new InterventionSummary(
            outcome.Edit, outcome.RollbackScale, outcome.Saturated, Evaluator.Summarise(outcome.Record).ReportingOutOfDistribution, Evaluator.Summarise(outcome.Rollback).ReportingOutOfDistribution));
        var artifact = new ArtifactDraft(Artifact, ArtifactKinds.Intervention, "application/json", stream => stream.Write(Encoding.UTF8.GetBytes(JobJson.Write(result))));
        job.Commit(new JobCommit
        {
            Step = result.Outcomes.Count,
            Outcomes = [new JobOutcomeDraft(OutcomeKinds.Completed, 0, JobJson.Write(new InterventionsSummary([.. summaries], compute)), [artifact])],
        });
    }
}

/// <summary>Payload of finished interventions.</summary>
public sealed record InterventionsSummary(IReadOnlyList<InterventionSummary> Edits, ComputeUse Compute);

/// <summary>One edit: accuracy on the out-of-distribution reporting deals, of the edit and of its rollback.</summary>
public sealed record InterventionSummary(InterventionEdit Edit, double RollbackScale, bool Saturated, SplitAccuracy Edited, SplitAccuracy Rollback);

/// <summary>Snapshot: the records of the models done, the episodes of the one that was being evaluated, and what all of it took.</summary>
internal sealed record InterventionProgress(IReadOnlyList<EvaluationRecord> Records, IReadOnlyList<EvaluationEpisode> Episodes, ComputeUse Compute)
{
    public void Write(Stream stream) => stream.Write(Encoding.UTF8.GetBytes(JobJson.Write(this)));
}
