using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>Trains a base model from scratch. Outcomes: a checkpoint after the last step, then completed.</summary>
public sealed class BaseTrainingKernel(IEngineFactory engines, TimeProvider? time = null) : IKernel
{
    public string Kind => JobKinds.BaseTraining;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<BaseTrainingSpec>(job.Spec);
        SpecProblemList.ThrowIfAny(spec.Validate());
        var step = new SupervisedStep(job, new BaseData(spec), new CrossEntropy(), spec.Steps, spec.Batch, spec.LearningRate, spec.Optimizer);
        var loop = new TrainingLoop
        {
            Model = spec.Model,
            Steps = spec.Steps,
            Checkpoints = [spec.Steps],
            Unit = "steps",
            Start = () => DecoderInitialisation.Draw(spec.Model, spec.Seed),
            Step = step.Run,
        };
        loop.Run(job, engines, time ?? TimeProvider.System);
    }
}
