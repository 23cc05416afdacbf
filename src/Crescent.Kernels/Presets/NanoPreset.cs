using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Presets;

/// <summary>The study in miniature: 877 thousand parameters, ten minutes on two cores.</summary>
public sealed class NanoPreset : Preset
{
    public override string Name => "nano";

    public override DecoderSpec Model { get; } = Decoder(new GeneralPointsSpec().Format, tries: 5, hidden: 128, layers: 4, heads: 4, feedForward: 384);

    public override IReadOnlyList<int> RecoverFrom { get; } = [100, 300, 800];

    public override int ClaimStep => 300;

    public override BaseTrainingSpec BaseTraining(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Steps = 1110,
        Batch = 128,
        LearningRate = new LearningRateSpec(2e-3, WarmUp: 100, DecayShape.Linear, HoldUntil: 0.7, Floor: 0.05),
        Optimizer = new AdamWSpec { Beta2 = 0.98, WeightDecay = 0.01 },
    };

    public override SftSpec Sft(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Objective = new ObjectiveSpec(),
        Steps = 800,
        Batch = 64,
        LearningRate = new LearningRateSpec(6e-4, WarmUp: 20, DecayShape.Cosine, Floor: 0.1),
        Optimizer = new AdamWSpec { Beta2 = 0.98, Epsilon = 1e-7 },
        Checkpoints = [0, 10, 20, 40, 100, 300, 500, 800],
    };

    public override RecoverySpec Recovery(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Updates = 80,
        Prompts = 32,
        GroupSize = 8,
        Tries = 3,
        LearningRate = new LearningRateSpec(1e-4, WarmUp: 5),
        Optimizer = new AdamWSpec { Beta2 = 0.95, Epsilon = 1e-7 },
    };

    public override RecoverySpec BothRules(ulong seed) => Recovery(seed) with { Updates = 40, Rules = RecoveryRules.Both };
}
