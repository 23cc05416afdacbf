using System.Globalization;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Recovery;

/// <summary>
/// GRPO over revision dialogues from the input <c>start</c>: one inner step an update, no KL term. Outcomes: a checkpoint after the last update, then completed.
/// Deviations from arXiv 2402.03300: several tries an episode (see <see cref="Advantages"/>), a global token mean, no reference model.
/// </summary>
public sealed class RecoveryKernel(IEngineFactory engines, TimeProvider? time = null) : IKernel
{
    public string Kind => JobKinds.Recovery;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<RecoverySpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.Validate());
        var loop = new TrainingLoop
        {
            Model = spec.Model,
            Steps = spec.Updates,
            Checkpoints = [spec.Updates],
            Unit = "updates",
            Start = () => job.ReadCheckpoint("start"),
            Step = (engine, update) => Update(job, spec, engine, update),
        };
        loop.Run(job, engines, time ?? TimeProvider.System);
    }

    private static string Update(IJobContext job, RecoverySpec spec, IEngine engine, int number)
    {
        var update = RecoveryUpdate.Play(engine, spec, number);
        var (entropy, ratio, tokens) = (0.0, 0.0, 0L);
        var loss = AccumulationWindow.Accumulate(engine, new ClippedPolicy(spec.ClipLow, spec.ClipHigh), update.Batches, (float)spec.Temperature, update.Signals, (batch, statistics) =>
        {
            tokens += statistics.Entropy.Length;
            for (var i = 0; i < statistics.Entropy.Length; i++)
            {
                entropy += statistics.Entropy[i];
                ratio += Elementary.Exp(statistics.LogProbability[i] - update.SamplerLogProbabilities[batch][i]);
            }
        });
        var rate = spec.LearningRate.At(number, spec.Updates);
        Record(job, spec, update, number + 1);
        if (tokens > 0)
        {
            // Without any advantage in the batch there is nothing to step on.
            var report = TrainingLoop.Apply(engine, spec.Optimizer, rate, loss, number);
            job.Metric("gradient-norm", number + 1, report.GradientNorm);
            job.Metric("entropy", number + 1, entropy / tokens);
            job.Metric("log-probability-ratio", number + 1, ratio / tokens);
        }

        job.Metric("learning-rate", number + 1, rate);
        var solved = update.Episodes.Count(episode => episode.Solved) / (double)update.Episodes.Length;
        return string.Create(CultureInfo.InvariantCulture, $"solved {solved:0.00}");
    }

    private static void Record(IJobContext job, RecoverySpec spec, RecoveryUpdate update, int step)
    {
        var tries = update.Episodes.SelectMany(episode => episode.Tries).ToList();
        job.Metric("reward", step, update.Rewards.SelectMany(rewards => rewards).Average());
        job.Metric("return", step, update.Returns.Average(returns => returns[0]));
        job.Metric("response-length", step, tries.Average(attempt => attempt.Answer.Tokens.Length));
        for (var number = 1; number <= spec.Tries; number++)
        {
            job.Metric($"solved-within-{number}", step, update.Episodes.Count(episode => episode.SolvedAt > 0 && episode.SolvedAt <= number) / (double)update.Episodes.Length);
        }
    }
}
