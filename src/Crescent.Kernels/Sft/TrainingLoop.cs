using Crescent.Kernels.Accounting;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Sft;

/// <summary>
/// The life of a training job: start or resume, step after step, checkpoints when their step is reached, snapshots when due, and the end. What a step does is the caller's.
/// A checkpoint and the snapshot of its step are one commit, so a resumed job continues from a checkpoint or after it. A job that has reached its end before runs for checkpoints that are wanted since, and no further.
/// </summary>
internal sealed class TrainingLoop
{
    public required DecoderSpec Model { get; init; }

    public required int Steps { get; init; }

    /// <summary>Steps after which the weights are committed, among them 0 for the starting weights; null: what the job's schedule says.</summary>
    public IReadOnlyCollection<int>? Checkpoints { get; init; }

    /// <summary>What a step is called: <c>steps</c>, <c>updates</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>The starting weights.</summary>
    public required Func<TensorSet> Start { get; init; }

    /// <summary>Makes one optimizer step (from 0) and says in a few words how it went.</summary>
    public required Func<IEngine, int, string> Step { get; init; }

    public IReadOnlySet<string> Frozen { get; init; } = new HashSet<string>();

    /// <summary>What the steps compare the policy with; its state is part of the snapshots. The caller disposes it.</summary>
    public ReferencePolicy? Reference { get; init; }

    /// <summary>Measured at checkpoints; null: not. The caller disposes it.</summary>
    public BaseDistance? Distance { get; init; }

    public void Run(IJobContext job, IEngineFactory engines, TimeProvider time)
    {
        if (Checkpoints is null && job.Schedule.Steps.Where(wanted => wanted < 0 || wanted > Steps).Select(wanted => (int?)wanted).FirstOrDefault() is { } outside)
        {
            throw new CrescentException("schedule-invalid", $"A checkpoint at step {outside} is wanted of a run of {Steps} {Unit}.");
        }

        var (engine, step) = Open(job, engines);
        using (engine)
        {
            var rate = new StepRate(time);
            string? note = null;
            while (true)
            {
                Commit(job, engine, step);
                job.Progress(new JobProgress(step, Steps, Unit, rate.PerSecond, note));
                if (step == Steps || (Checkpoints is null && job.Schedule.IsDoneAfter(step)))
                {
                    return;
                }

                job.ThrowIfStopped();
                engine.Threads = job.Threads;
                var before = engine.Use.Flops;
                note = Step(engine, step);
                step++;
                job.Metric("flops", step, engine.Use.Flops - before);
                rate.Count();
            }
        }
    }

    /// <summary>
    /// A gradient over it has exploded: losses are means over tokens in nats, whose gradients have norms around 1. The clip would hide it for ever.
    /// </summary>
    private const double ExplodingNorm = 1e6;

    private const string Cure = "Lower learningRate.peak, lengthen learningRate.warmUp, or set optimizer.clipNorm.";

    /// <summary>Applies the accumulated gradients.</summary>
    /// <exception cref="CrescentException"><c>training-diverged</c>: the loss or the gradient is no number, or the gradient has exploded.</exception>
    public static StepReport Apply(IEngine engine, AdamWSpec optimizer, double learningRate, double loss, int step)
    {
        var report = engine.Step(optimizer, learningRate);
        if (report.Finite && double.IsFinite(loss) && report.GradientNorm <= ExplodingNorm)
        {
            return report;
        }

        var what = report.Finite && double.IsFinite(loss) ? FormattableString.Invariant($"The gradient's norm is {report.GradientNorm:0.0e+0}") : "Loss or gradient is no longer a number";
        throw new CrescentException("training-diverged", $"{what} at step {step + 1}. {Cure}");
    }

    private (MeteredEngine Engine, int Step) Open(IJobContext job, IEngineFactory engines)
    {
        using var stream = job.OpenSnapshot();
        var snapshot = stream is null ? null : TrainingSnapshot.Read(stream);
        var engine = new MeteredEngine(engines.Create(Model, snapshot?.Weights ?? Start()));
        engine.Resume(snapshot?.Compute ?? new ComputeUse());
        engine.Frozen = Frozen;
        if (snapshot is { Optimizer.Tensors.Count: > 0 })
        {
            engine.WriteOptimizer(snapshot.Optimizer);
        }

        if (snapshot is not null)
        {
            Reference?.Restore(snapshot.Reference);
        }

        return (engine, snapshot?.Step ?? 0);
    }

    private void Commit(IJobContext job, MeteredEngine engine, int step)
    {
        var schedule = Checkpoints is null ? job.Schedule : CheckpointSchedule.None;
        var isCheckpoint = (Checkpoints ?? schedule.Steps).Contains(step);
        if (!isCheckpoint && step < Steps && !job.SnapshotDue)
        {
            return;
        }

        var snapshot = TrainingSnapshot.Take(engine, step, Reference);
        if (FiniteWeights.FirstBroken(snapshot.Weights) is { } broken)
        {
            throw new CrescentException("training-diverged", $"{broken} is no longer all numbers after step {step}. {Cure}");
        }

        var outcomes = new List<JobOutcomeDraft>();
        if (isCheckpoint)
        {
            Distance?.Record(job, engine, step);
            List<ArtifactDraft> artifacts = [new($"checkpoint-{step}.safetensors", ArtifactKinds.Checkpoint, "application/octet-stream", snapshot.WriteCheckpoint)];
            if (snapshot.HasValueHead)
            {
                artifacts.Add(new ArtifactDraft($"value-head-{step}.safetensors", ArtifactKinds.ValueHead, "application/octet-stream", snapshot.WriteValueHead));
            }

            outcomes.Add(new JobOutcomeDraft(OutcomeKinds.Checkpoint, step, JobJson.Write(new CheckpointPayload(step)), artifacts));
        }

        if (step == Steps && !schedule.Completed)
        {
            outcomes.Add(new JobOutcomeDraft(OutcomeKinds.Completed, 0, JobJson.Write(new TrainingSummary(engine.Use)), []));
        }

        job.Commit(new JobCommit { Snapshot = snapshot.Write, Step = step, Outcomes = outcomes });
    }
}

/// <summary>Payload of a checkpoint's outcome.</summary>
public sealed record CheckpointPayload(int Step);
