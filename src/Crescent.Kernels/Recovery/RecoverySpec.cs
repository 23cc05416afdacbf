using System.Text.Json.Serialization;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>Which rules the deals of a recovery run follow.</summary>
public enum RecoveryRules
{
    InDistribution,

    /// <summary>Half and half: the positive control.</summary>
    Both,
}

public enum RewardSource
{
    /// <summary>The verdict's reward.</summary>
    Verdict,

    /// <summary>Rewards permuted among the episodes of a batch: the negative control.</summary>
    Shuffled,
}

/// <summary>Rewards by verdict (arXiv 2501.17161). What is left null is left out of the canonical JSON.</summary>
public sealed record RewardTable(double Correct = 5, double WrongValue = -1, double WrongNumbers = -2, double Illegal = -3)
{
    /// <summary>The whole table of the original's GeneralPoints.</summary>
    public static RewardTable Original { get; } = new() { Partial = 1, WrongRecognition = -1.5, LimitReached = -1 };

    /// <summary>The original's table of navigation, where a wrong action and an answer without any are worth the same.</summary>
    public static RewardTable OriginalNavigation { get; } = new(1, -1, -1, -1) { WrongRecognition = -1.5, LimitReached = -1 };

    /// <summary>For the beginning of a solution; null: as illegal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Partial { get; init; }

    /// <summary>For writing down wrongly what was dealt or is observed; null: as illegal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? WrongRecognition { get; init; }

    /// <summary>For a failed last try, in place of its verdict's; null: the verdict's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LimitReached { get; init; }
}

/// <summary>
/// Reinforcement learning from one checkpoint over revision dialogues. Inputs: <c>start</c>, the checkpoint, and <c>base</c>, the experiment's base, which the distance is measured from, and KL where the spec says so; without the latter it may be left out. Outcomes: a checkpoint after the last update, then completed.
/// </summary>
public sealed record RecoverySpec
{
    public required ulong Seed { get; init; }
    public required DecoderSpec Model { get; init; }
    public required TaskSpec Task { get; init; }

    /// <summary><c>ppo</c>, <c>grpo</c>, <c>dr-grpo</c>, <c>rloo</c>, <c>dapo</c>, <c>gspo</c>. Options left out have the algorithm's defaults (docs/kernels.md).</summary>
    public string Algorithm { get; init; } = "grpo";
    public required int Updates { get; init; }

    /// <summary>Deals an update.</summary>
    public required int Prompts { get; init; }

    /// <summary>Episodes a deal, at least 2 unless a critic does the comparing.</summary>
    public required int GroupSize { get; init; }

    /// <summary>Tries an episode (verify_iter).</summary>
    public required int Tries { get; init; }
    public double Temperature { get; init; } = 1;

    /// <summary>Discount of the rewards of later tries in the return of an earlier one.</summary>
    public double Discount { get; init; } = 0.9;

    /// <summary>Added to the standard deviation of a group.</summary>
    public double AdvantageEpsilon { get; init; } = 1e-4;

    /// <summary>Whether a group's advantages are divided by its standard deviation.</summary>
    public bool? DivideByDeviation { get; init; }
    public double? ClipLow { get; init; }
    public double? ClipHigh { get; init; }

    /// <summary>Largest ratio that a negative advantage pushes against; null: no bound.</summary>
    public double? DualClip { get; init; }
    public LengthNormalisation? LengthNormalisation { get; init; }
    public KlSpec Kl { get; init; } = new();

    /// <summary>Weight of the entropy in the loss.</summary>
    public double EntropyBonus { get; init; }

    /// <summary>Passes over the episodes of an update.</summary>
    public int InnerSteps { get; init; } = 1;

    /// <summary>Optimizer steps a pass: the episodes are cut into so many parts, in order.</summary>
    public int MiniBatches { get; init; } = 1;

    /// <summary>Rounds of deals at most, to find <see cref="Prompts"/> groups whose episodes are not all alike; 1: no search.</summary>
    public int? SamplingRounds { get; init; }
    public OverlongSpec Overlong { get; init; } = new();

    /// <summary>The critic and its advantages; for <c>ppo</c> only.</summary>
    public PpoSpec Ppo { get; init; } = new();
    public RewardTable Rewards { get; init; } = new();
    public RecoveryRules Rules { get; init; } = RecoveryRules.InDistribution;
    public RewardSource RewardSource { get; init; } = RewardSource.Verdict;
    public required LearningRateSpec LearningRate { get; init; }
    public required AdamWSpec Optimizer { get; init; }
}
