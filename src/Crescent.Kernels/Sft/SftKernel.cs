using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>Supervised fine-tuning from the input <c>base</c>. Outcomes: a checkpoint at each of the spec's steps, then completed.</summary>
public sealed class SftKernel(IEngineFactory engines, TimeProvider? time = null) : IKernel
{
    public string Kind => JobKinds.Sft;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<SftSpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.Validate());
        var step = new SupervisedStep(job, new SftData(spec), ObjectiveCatalogue.Create(spec.Objective), spec.Steps, spec.Batch, spec.LearningRate, spec.Optimizer);
        var loop = new TrainingLoop
        {
            Model = spec.Model,
            Steps = spec.Steps,
            Checkpoints = [.. spec.Checkpoints],
            Unit = "steps",
            Start = () => job.ReadCheckpoint("base"),
            Step = step.Run,
            Frozen = spec.FreezeEmbeddings ? EmbeddingsAndGains(spec.Model) : new HashSet<string>(),
        };
        loop.Run(job, engines, time ?? TimeProvider.System);
    }

    /// <summary>Every tensor that is no matrix of a block.</summary>
    private static HashSet<string> EmbeddingsAndGains(DecoderSpec model)
    {
        var matrices = Enumerable.Range(0, model.Layers).SelectMany(layer => DecoderLayout.BlockMatrices.Select(part => DecoderLayout.Block(layer, part))).ToHashSet();
        return [.. DecoderLayout.Tensors(model).Select(tensor => tensor.Name).Where(name => !matrices.Contains(name))];
    }
}
