using System.Text.Json.Serialization;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Sft;

/// <summary>Supervised fine-tuning on fresh deals of the in-distribution rule. Inputs: <c>base</c>, the starting checkpoint, and <c>reference</c> where the objective compares with another one. Outcomes: a checkpoint at each wanted step, and completed.</summary>
public sealed record SftSpec
{
    public required ulong Seed { get; init; }
    public required DecoderSpec Model { get; init; }
    public required TaskSpec Task { get; init; }
    public required ObjectiveSpec Objective { get; init; }
    public required int Steps { get; init; }
    public required int Batch { get; init; }
    public required LearningRateSpec LearningRate { get; init; }
    public required AdamWSpec Optimizer { get; init; }

    /// <summary>A data set of fixed size; null: fresh pairs at every step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SftDataSpec? Data { get; init; }

    /// <summary>Steps after which a checkpoint is wanted, rising, from 0 (the starting weights) to <see cref="Steps"/>. A job's own spec has none: they are its schedule, since what is trained does not depend on them.</summary>
    public required IReadOnlyList<int> Checkpoints { get; init; }

    /// <summary>True: embedding, head and gains keep their starting values.</summary>
    public bool FreezeEmbeddings { get; init; }
}
