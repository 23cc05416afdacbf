using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>Supervised fine-tuning from the input <c>base</c>; the input <c>reference</c> is what the objective compares with, where that is neither the start nor the policy itself. Outcomes: a checkpoint at each step of the job's schedule, and completed.</summary>
public sealed class SftKernel(IEngineFactory engines, TimeProvider? time = null) : IKernel
{
    public string Kind => JobKinds.Sft;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<SftSpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.ValidateTraining());
        using var reference = Reference(job, spec);
        using var distance = new BaseDistance(engines, spec.Model, job, spec.Task, spec.Seed);
        var step = new SupervisedStep(job, new SftData(spec), ObjectiveCatalogue.Create(spec.Objective, spec.Model.VocabularySize), spec.Steps, spec.Batch, spec.LearningRate, spec.Optimizer)
        {
            Reference = reference,
            Noise = spec.Objective.Name == "neftune" ? new EmbeddingNoise(spec.Seed, spec.Objective.Alpha ?? ObjectiveCatalogue.NoiseAlpha, spec.Model.HiddenSize) : null,
        };
        var loop = new TrainingLoop
        {
            Model = spec.Model,
            Steps = spec.Steps,
            Unit = "steps",
            Start = () => job.ReadCheckpoint("base"),
            Step = step.Run,
            Reference = reference,
            Distance = distance,
            Frozen = spec.FreezeEmbeddings ? EmbeddingsAndGains(spec.Model) : new HashSet<string>(),
        };
        loop.Run(job, engines, time ?? TimeProvider.System);
    }

    /// <exception cref="CrescentException"><c>spec-invalid</c>: a separate reference is the starting checkpoint.</exception>
    private ReferencePolicy? Reference(IJobContext job, SftSpec spec)
    {
        var kind = ObjectiveCatalogue.Find(spec.Objective.Name)!;
        if (kind.Reference is null)
        {
            return null;
        }

        if (kind.Reference == ObjectiveReferences.OldPolicy)
        {
            return new ReferencePolicy(engines, spec.Model, job.ReadCheckpoint("base"), spec.Objective.RefreshEvery ?? ObjectiveCatalogue.RefreshEvery);
        }

        var input = SftInputs.Reference(spec.Objective) == ObjectiveReferences.Start ? "base" : SftInputs.ReferenceName;
        return kind.Reference == ObjectiveReferences.Separate && job.InputHash(input) == job.InputHash("base")
            ? throw new CrescentException("spec-invalid", $"objective.reference: It is the starting checkpoint; '{kind.Name}' needs a model trained separately.")
            : new ReferencePolicy(engines, spec.Model, job.ReadCheckpoint(input));
    }

    /// <summary>Every tensor that is no matrix of a block.</summary>
    private static HashSet<string> EmbeddingsAndGains(DecoderSpec model)
    {
        var matrices = Enumerable.Range(0, model.Layers).SelectMany(layer => DecoderLayout.BlockMatrices.Select(part => DecoderLayout.Block(layer, part))).ToHashSet();
        return [.. DecoderLayout.Tensors(model).Select(tensor => tensor.Name).Where(name => !matrices.Contains(name))];
    }
}
