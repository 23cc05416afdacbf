using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Sft;

/// <summary>A learning rate over the steps of a run.</summary>
/// <param name="Peak">Rate after warm-up.</param>
/// <param name="WarmUp">Steps of linear warm-up.</param>
/// <param name="Decay">Shape after warm-up.</param>
/// <param name="HoldUntil">Share of the run at which decay begins; 0: right after warm-up.</param>
/// <param name="Floor">Last rate as a share of the peak.</param>
public sealed record LearningRateSpec(double Peak, int WarmUp = 0, DecayShape Decay = DecayShape.Constant, double HoldUntil = 0, double Floor = 0);

public enum DecayShape
{
    Constant,
    Linear,
    Cosine,
}

/// <summary>Shares of the base mixture; they sum to 1.</summary>
/// <param name="Map">Cards to numbers, both rules.</param>
/// <param name="Eval">An expression to its value.</param>
/// <param name="Solve">Four numbers to a formula; clean.</param>
/// <param name="Deal">GeneralPoints deals, both rules; <see cref="BaseTrainingSpec.DealCorruption"/> of the formulas are random.</param>
/// <param name="Revision">The same after one or two failed tries with feedback; <see cref="BaseTrainingSpec.RevisionCorruption"/> random.</param>
public sealed record BaseMixture(double Map = 0.10, double Eval = 0.05, double Solve = 0.50, double Deal = 0.15, double Revision = 0.20);

/// <summary>Training of a base model from scratch, so that it can solve but has not bound the skill to the task's format.</summary>
public sealed record BaseTrainingSpec
{
    public required ulong Seed { get; init; }
    public required DecoderSpec Model { get; init; }
    public required TaskSpec Task { get; init; }
    public required int Steps { get; init; }
    public required int Batch { get; init; }
    public required LearningRateSpec LearningRate { get; init; }
    public required AdamWSpec Optimizer { get; init; }
    public BaseMixture Mixture { get; init; } = new();
    public double DealCorruption { get; init; } = 0.9;
    public double RevisionCorruption { get; init; } = 0.6;
}
