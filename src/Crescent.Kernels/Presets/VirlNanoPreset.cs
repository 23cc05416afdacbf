using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Kernels.Presets;

/// <summary>Navigation in a generated city in miniature: SFT on compass points, minutes on two cores.</summary>
public sealed class VirlNanoPreset : Preset
{
    public override string Name => "virl-nano";

    public override TaskSpec Task { get; } = new VirlSpec();

    public override DecoderSpec Model { get; } = Decoder(new VirlSpec().Format, tries: 5, hidden: 96, layers: 3, heads: 4, feedForward: 256);

    public override IReadOnlyList<int> RecoverFrom { get; } = [100, 300, 600];

    public override int ClaimStep => 300;

    public override BaseTrainingSpec BaseTraining(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Steps = 800,
        Batch = 64,
        LearningRate = new LearningRateSpec(2e-3, WarmUp: 100, DecayShape.Linear, HoldUntil: 0.7, Floor: 0.05),
        Optimizer = new AdamWSpec { Beta2 = 0.98, WeightDecay = 0.01 },
    };

    public override SftSpec Sft(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Objective = new ObjectiveSpec(),
        Steps = 600,
        Batch = 32,
        LearningRate = new LearningRateSpec(1e-3, WarmUp: 20, DecayShape.Cosine, Floor: 0.1),
        Optimizer = new AdamWSpec { Beta2 = 0.98, Epsilon = 1e-7 },
        Checkpoints = [0, 10, 20, 40, 100, 200, 300, 450, 600],
    };

    public override RecoverySpec Recovery(ulong seed) => new()
    {
        Seed = seed,
        Model = Model,
        Task = Task,
        Updates = 30,
        Prompts = 32,
        GroupSize = 8,
        Tries = 2,
        Rewards = RewardTable.OriginalNavigation,
        LearningRate = new LearningRateSpec(1e-4, WarmUp: 5),
        Optimizer = new AdamWSpec { Beta2 = 0.95, Epsilon = 1e-7 },
    };

    public override RecoverySpec BothRules(ulong seed) => Recovery(seed) with { Rules = RecoveryRules.Both };

    public override EvaluationSpec Evaluation(ulong seed) => new() { Seed = seed, Model = Model, Task = Task };
}
