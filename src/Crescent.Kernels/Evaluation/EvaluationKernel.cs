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
        var finished = ReadSnapshot(job);
        var counted = finished.Length;
        var record = Evaluator.Run(engine, spec, finished, (episodes, total) =>
        {
            rate.Count(episodes.Count - counted);
            counted = episodes.Count;
            job.Metric("flops", counted, engine.Use.Flops);
            job.Metric("tokens", counted, engine.Use.GeneratedTokens);
            engine.Use = new ComputeUse();
            var solved = episodes.Count(episode => episode.SolvedAt > 0) / (double)counted;
            job.Progress(new JobProgress(counted, total, "episodes", rate.PerSecond, string.Create(CultureInfo.InvariantCulture, $"solved {solved:0.00}")));
            if (counted < total)
            {
                Pause(job, engine, episodes);
            }
        });
        var artifact = new ArtifactDraft(Artifact, ArtifactKinds.EvaluationRecord, "application/json", stream => Write(stream, record));
        job.Commit(new JobCommit
        {
            Step = record.Episodes.Count,
            Outcomes = [new JobOutcomeDraft(OutcomeKinds.Completed, 0, JobJson.Write(Evaluator.Summarise(record, spec.Task.ClustersAreWholes)), [artifact])],
        });
    }

    private static void Pause(IJobContext job, MeteredEngine engine, IReadOnlyList<EvaluationEpisode> episodes)
    {
        if (job.SnapshotDue)
        {
            EvaluationEpisode[] kept = [.. episodes];
            job.Commit(new JobCommit { Step = kept.Length, Snapshot = stream => Write(stream, kept) });
        }

        job.ThrowIfStopped();
        engine.Threads = job.Threads;
    }

    private static EvaluationEpisode[] ReadSnapshot(IJobContext job)
    {
        using var stream = job.OpenSnapshot();
        if (stream is null)
        {
            return [];
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return JobJson.Read<EvaluationEpisode[]>(reader.ReadToEnd());
    }

    private static void Write<T>(Stream stream, T value) => stream.Write(Encoding.UTF8.GetBytes(JobJson.Write(value)));
}
