using System.Globalization;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>One step of supervised training: examples, objective, optimizer, metrics.</summary>
internal sealed record SupervisedStep(IJobContext Job, ITrainingData Data, IObjective Objective, int Steps, int Batch, LearningRateSpec LearningRate, AdamWSpec Optimizer)
{
    /// <summary>Rows of a micro-batch; bounds the memory of activations.</summary>
    private const int Rows = 128;

    /// <summary>What the objective compares with; null: nothing.</summary>
    public ReferencePolicy? Reference { get; init; }

    /// <summary>Noise on the embeddings; null: none.</summary>
    public EmbeddingNoise? Noise { get; init; }

    public string Run(IEngine engine, int step)
    {
        var batches = Enumerable.Range(0, Batch).Select(row => Data.Example(step, row)).Chunk(Rows).Select(rows => TrainingExample.Batch(rows, Objective.ReadsPastEnd)).ToList();
        var loss = AccumulationWindow.Accumulate(
            engine, Objective, batches, reference: Reference?.At(engine, step), noise: Noise is null ? null : batch => Noise.Of(batches[batch], step, batch * Rows));
        var rate = LearningRate.At(step, Steps);
        var report = TrainingLoop.Apply(engine, Optimizer, rate, loss, step);
        Job.Metric("loss", step + 1, loss);
        Job.Metric("gradient-norm", step + 1, report.GradientNorm);
        Job.Metric("learning-rate", step + 1, rate);
        Job.Metric("tokens", step + 1, batches.Sum(batch => (long)batch.Tokens.Length));
        return string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.000}");
    }
}
