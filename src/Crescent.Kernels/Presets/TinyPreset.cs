using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Presets;

/// <summary>The whole pipeline in seconds, for tests of everything but the science: its model learns next to nothing.</summary>
public sealed class TinyPreset : Preset
{
    public override string Name => "tiny";

    public override DecoderSpec Model { get; } = Decoder(new GeneralPointsSpec().Format, tries: 5, hidden: 32, layers: 2, heads: 2, feedForward: 64);

    public override IReadOnlyList<int> RecoverFrom { get; } = [8, 16];

    public override int ClaimStep => 8;

    public override BaseTrainingSpec BaseTraining(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Steps = 24,
        Batch = 16,
        LearningRate = new LearningRateSpec(3e-3, WarmUp: 4, DecayShape.Linear, HoldUntil: 0.7, Floor: 0.05),
        Optimizer = new AdamWSpec { WeightDecay = 0.01 },
    };

    public override SftSpec Sft(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Objective = new ObjectiveSpec(),
        Steps = 16,
        Batch = 16,
        LearningRate = new LearningRateSpec(3e-3, WarmUp: 2, DecayShape.Cosine, Floor: 0.1),
        Optimizer = new AdamWSpec { Epsilon = 1e-7 },
        Checkpoints = [0, 4, 8, 16],
    };

    public override RecoverySpec Recovery(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Updates = 4,
        Prompts = 4,
        GroupSize = 4,
        Tries = 2,
        LearningRate = new LearningRateSpec(1e-3),
        Optimizer = new AdamWSpec { Beta2 = 0.95, Epsilon = 1e-7 },
    };

    public override EvaluationSpec Evaluation(ulong seed) => new() { Seed = seed, Model = Model, Task = Task, Tries = 2, Orderings = 1, ReportingShare = 0.01 };
}
