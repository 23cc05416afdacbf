using System.Globalization;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>
/// Reinforcement learning over revision dialogues from the input <c>start</c> by the spec's algorithm (docs/kernels.md). Outcomes: a checkpoint after the last update, then completed.
/// Of the group-relative algorithms as published this differs in two ways: several tries an episode (see <see cref="Advantages"/>), and by default a global token mean without a reference model.
/// </summary>
public sealed class RecoveryKernel(IEngineFactory engines, TimeProvider? time = null) : IKernel
{
    public string Kind => JobKinds.Recovery;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<RecoverySpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.Validate());
        var algorithm = RecoveryAlgorithm.Of(spec);
        var model = spec.Model with { ValueHead = algorithm.HasCritic };
        var task = spec.Task.Create();
        using var reference = spec.Kl.Place == KlPlace.None ? null : new ReferencePolicy(engines, spec.Model, job.ReadCheckpoint(spec.Kl.Reference));
        using var distance = job.InputNames.Contains("base") ? new BaseDistance(engines, spec.Model, job, spec.Task, spec.Seed) : null;
        var loop = new TrainingLoop
        {
            Model = model,
            Steps = spec.Updates,
            Checkpoints = [spec.Updates],
            Distance = distance,
            Unit = "updates",
            Start = () => algorithm.HasCritic ? DecoderInitialisation.WithValueHead(model, job.ReadCheckpoint("start"), spec.Seed) : job.ReadCheckpoint("start"),
            Step = (engine, update) => Update(job, spec, algorithm, task, engine, reference?.At(engine, update), update),
        };
        loop.Run(job, engines, time ?? TimeProvider.System);
    }

    private static string Update(IJobContext job, RecoverySpec spec, RecoveryAlgorithm algorithm, ITask task, IEngine engine, IEngine? reference, int number)
    {
        var played = RecoveryEpisodes.Play(engine, spec, task, algorithm.SamplingRounds, number);
        var update = RecoveryUpdate.Of(engine, reference, spec, algorithm, task.Format, played);
        var rate = spec.LearningRate.At(number, spec.Updates);
        var (objective, figures) = (algorithm.Objective(spec), new PolicyFigures());
        for (var pass = 0; pass < spec.InnerSteps; pass++)
        {
            // Without any advantage in a window there is nothing to step on.
            foreach (var window in update.Windows.Where(window => window.Batches.Count > 0))
            {
                var (isFirst, isLast) = (pass == 0, pass == spec.InnerSteps - 1);
                var loss = AccumulationWindow.Accumulate(
                    engine,
                    objective,
                    window.Batches,
                    (float)spec.Temperature,
                    window.Signals,
                    (batch, statistics) =>
                    {
                        if (isFirst)
                        {
                            figures.First(statistics, window.SamplerLogProbabilities[batch]);
                        }

                        if (isLast)
                        {
                            figures.Last(statistics, window.Signals[batch]);
                        }
                    },
                    reference);
                figures.Stepped(TrainingLoop.Apply(engine, spec.Optimizer, rate, loss, number));
            }
        }

        Record(job, spec, played, update, number + 1);
        figures.Record(job, number + 1);
        job.Metric("learning-rate", number + 1, rate);
        var solved = played.Played.Count(episode => episode.Solved) / (double)played.Played.Count;
        var alike = played.AlikeShare == 1 ? ", every group alike" : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"solved {solved:0.00}{alike}");
    }

    private static void Record(IJobContext job, RecoverySpec spec, RecoveryEpisodes played, RecoveryUpdate update, int step)
    {
        var tries = played.Played.SelectMany(episode => episode.Tries).ToList();
        job.Metric("reward", step, update.Rewards.SelectMany(rewards => rewards).Average());
        job.Metric("return", step, update.Rewards.Average(rewards => Advantages.Returns(rewards, spec.Discount)[0]));
        job.Metric("response-length", step, tries.Average(attempt => attempt.Answer.Tokens.Length));
        job.Metric("groups-alike", step, played.AlikeShare);
        job.Metric("groups-all-right", step, played.AllRightShare);
        job.Metric("groups-all-wrong", step, played.AllWrongShare);
        job.Metric("sampling-rounds", step, played.Rounds);
        job.Metric("tokens", step, spec.InnerSteps * update.Windows.Sum(window => window.Batches.Sum(batch => (long)batch.Tokens.Length)));
        for (var number = 1; number <= spec.Tries; number++)
        {
            job.Metric($"solved-within-{number}", step, played.Played.Count(episode => episode.SolvedAt > 0 && episode.SolvedAt <= number) / (double)played.Played.Count);
        }
    }
}
