using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Presets;

/// <summary>Settings of the source study's public code (arXiv 2501.17161), exact, also where a small model needs others.</summary>
public static class SourceStudy
{
    /// <summary>
    /// Its PPO: one action a turn, a ratio of sequence log-probabilities with weight 0.5 on what stands before the formula, the value of the last prompt token, advantages over turns; 100 updates of 128 episodes, four passes each, no KL.
    /// </summary>
    public static RecoverySpec Ppo(RecoverySpec run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run with
        {
            Algorithm = "ppo",
            Updates = 100,
            Prompts = 128,
            GroupSize = 1,
            Tries = 5,
            Temperature = 0.2,
            Discount = 0.9,
            ClipLow = 0.1,
            ClipHigh = 0.1,
            InnerSteps = 4,
            Ppo = new PpoSpec(PolicyAction.Turn, GaeLambda: 0.95, ValueCoefficient: 0.5, Whiten: true, ReachesTrunk: true, PrefixWeight: 0.5),
            LearningRate = new LearningRateSpec(1e-6, Decay: DecayShape.Cosine, Floor: 1e-3),
            Optimizer = run.Optimizer with { Epsilon = 1e-7, WeightDecay = 0, ClipNorm = 0.01 },
        };
    }
}
