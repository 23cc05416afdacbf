using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Kernels.Presets;

/// <summary>Navigation in a generated city in miniature: SFT on compass points, minutes on two cores. What is not named here is as in the miniature of GeneralPoints.</summary>
public sealed class VirlNanoPreset : Preset
{
    private static readonly NanoPreset Nano = new();

    public override string Name => "virl-nano";

    public override TaskSpec Task { get; } = new VirlSpec();

    public override DecoderSpec Model { get; } = Decoder(new VirlSpec().Format, tries: 5, hidden: 96, layers: 3, heads: 4, feedForward: 256);

    public override IReadOnlyList<int> RecoverFrom { get; } = [100, 300, 600];

    public override int ClaimStep => 300;

    public override BaseTrainingSpec BaseTraining(ulong seed) => Nano.BaseTraining(seed) with { Model = Model, Task = Task, Steps = 800, Batch = 64 };

    public override SftSpec Sft(ulong seed) => Nano.Sft(seed) with
    {
        Model = Model,
        Task = Task,
        Steps = 600,
        Batch = 32,
        LearningRate = new LearningRateSpec(1e-3, WarmUp: 20, DecayShape.Cosine, Floor: 0.1),
        Checkpoints = [0, 10, 20, 40, 100, 200, 300, 450, 600],
    };

    public override RecoverySpec Recovery(ulong seed) => Nano.Recovery(seed) with { Model = Model, Task = Task, Updates = 30, Tries = 2, Rewards = RewardTable.OriginalNavigation };
}
