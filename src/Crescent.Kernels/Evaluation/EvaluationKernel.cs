using System.Globalization;
using System.Text;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;

namespace Crescent.Kernels.Evaluation;

/// <summary>Evaluates the input <c>checkpoint</c>. Outcome completed: the artifact <c>evaluation.json</c> and an <see cref="EvaluationSummary"/> as payload.</summary>
public sealed class EvaluationKernel(IEngineFactory engines, TimeProvider? time = null) : IKernel
{
    public const string Artifact = "evaluation.json";

    public string Kind => JobKinds.Evaluation;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<EvaluationSpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.Validate());
        using var engine = new MeteredEngine(engines.Create(spec.Model, job.ReadCheckpoint("checkpoint")));
        engine.Threads = job.Threads;
        var rate = new StepRate(time ?? TimeProvider.System);
        var finished = job.ReadJsonSnapshot<EvaluationProgress>() ?? new EvaluationProgress([], new ComputeUse());
        engine.Resume(finished.Compute);
        var counted = finished.Episodes.Count;
        var record = Evaluator.Run(engine, spec, finished.Episodes, (episodes, total) =>
        {
            rate.Count(episodes.Count - counted);
            counted = episodes.Count;
            engine.Tell(job, counted);
            var solved = episodes.Count(episode => episode.SolvedAt > 0) / (double)counted;
            job.Progress(new JobProgress(counted, total, "episodes", rate.PerSecond, string.Create(CultureInfo.InvariantCulture, $"solved {solved:0.00}")));
            if (counted < total)
            {
                Pause(job, engine, episodes);
            }
        });
        var artifact = new ArtifactDraft(Artifact, ArtifactKinds.EvaluationRecord, "application/json", stream => Write(stream, record));
        var summary = Evaluator.Summarise(record, spec.Task.ClustersAreWholes) with { Compute = engine.Use };
        job.Commit(new JobCommit
        {
            Step = record.Episodes.Count,
            Outcomes = [new JobOutcomeDraft(OutcomeKinds.Completed, 0, JobJson.Write(summary), [artifact])],
        });
    }

    private static void Pause(IJobContext job, MeteredEngine engine, IReadOnlyList<EvaluationEpisode> episodes)
    {
        if (job.SnapshotDue)
        {
            EvaluationProgress kept = new([.. episodes], engine.Use);
            job.Commit(new JobCommit { Step = kept.Episodes.Count, Snapshot = stream => Write(stream, kept) });
        }

        job.ThrowIfStopped();
        engine.Threads = job.Threads;
    }

    private static void Write<T>(Stream stream, T value) => stream.Write(Encoding.UTF8.GetBytes(JobJson.Write(value)));
}

/// <summary>Snapshot: the episodes finished, and what they took.</summary>
internal sealed record EvaluationProgress(IReadOnlyList<EvaluationEpisode> Episodes, ComputeUse Compute);
