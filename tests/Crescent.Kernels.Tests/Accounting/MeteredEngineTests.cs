using Crescent.Kernels.Accounting;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tests.Engines.Cpu;
using Crescent.Kernels.Tests.Jobs;

namespace Crescent.Kernels.Tests.Accounting;

public sealed class MeteredEngineTests
{
    private static readonly TokenBatch Batch = SmallModels.Batch(SmallModels.Grouped, [9, 4]);

    [Fact]
    public void Use_TrainingAgainstAReference_IsSixAndTwoTimesTheParameters()
    {
        using var engine = new MeteredEngine(SmallModels.Engine(SmallModels.Grouped));
        using var reference = SmallModels.Engine(SmallModels.Grouped with { Layers = 1 }, seed: 2);
        AccumulationWindow.Accumulate(engine, new AnchoredFineTuning(0.1, weighted: false), [Batch], reference: reference);
        var (n, q) = (MeteredEngine.Parameters(SmallModels.Grouped), MeteredEngine.Parameters(reference.Model));
        Assert.Equal(new ComputeUse(13, 13, 0, (6 * n * 13) + (2 * q * 13)), engine.Use);
        Assert.Equal(SmallModels.Weights(SmallModels.Grouped).Tensors.Sum(tensor => tensor.Values.Length), n);
    }

    [Fact]
    public void Use_SecondLookOfAWholeWindow_IsCounted()
    {
        using var engine = new MeteredEngine(SmallModels.Engine(SmallModels.Grouped));
        using var reference = SmallModels.Engine(SmallModels.Grouped, seed: 2);
        AccumulationWindow.Accumulate(engine, ObjectiveCatalogue.Create(new ObjectiveSpec("eksft"), 11), [Batch, Batch], reference: reference);
        Assert.Equal((26, 26 + 26 + 26), (engine.Use.TrainedTokens, engine.Use.ScoredTokens));
    }

    [Fact]
    public void Use_Generation_IsPromptsAndContinuations()
    {
        using var engine = new MeteredEngine(SmallModels.Engine(SmallModels.Grouped));
        var written = engine.Generate([[1, 2, 3], [4]], new SamplingSpec(5, -1, 1), [new RandomKey(1, RandomPurpose.EvaluationSampling, 0), new RandomKey(1, RandomPurpose.EvaluationSampling, 1)]);
        Assert.Equal(new ComputeUse(0, 0, 4 + 10, 2 * MeteredEngine.Parameters(engine.Model) * 14), engine.Use);
        Assert.Equal(10, written.Sum(continuation => continuation.Tokens.Length));
    }

    [Fact]
    public void Run_Sft_TellsItsComputeAndItsDistanceFromTheBase()
    {
        var preset = new TinyPreset();
        var spec = preset.Sft(1);
        var training = new MemoryJob(JobJson.Write(preset.BaseTraining(1)), new Dictionary<string, byte[]>());
        new BaseTrainingKernel(new CpuEngineFactory()).Run(training);
        var job = new MemoryJob(JobJson.Write(spec), new Dictionary<string, byte[]> { ["base"] = training.Artifacts["checkpoint-24.safetensors"] });
        new SftKernel(new CpuEngineFactory()).Run(job);
        var use = JobJson.Read<TrainingSummary>(job.Payload(OutcomeKinds.Completed, 0)).Compute;
        Assert.Equal(use.Flops, job.Metrics.Where(metric => metric.Key.Name == "flops").Sum(metric => metric.Value));
        Assert.Equal(use.TrainedTokens, job.Metrics.Where(metric => metric.Key.Name == "tokens").Sum(metric => metric.Value));
        Assert.Equal(6 * MeteredEngine.Parameters(spec.Model) * use.TrainedTokens, use.Flops);
        Assert.Equal(0, job.Metrics[("kl-to-base", 0)]);
        Assert.Equal(0, job.Metrics[("kl-from-base", 0)]);
        Assert.True(job.Metrics[("kl-to-base", 16)] > 0 && job.Metrics[("kl-from-base", 16)] > job.Metrics[("kl-from-base", 4)]);
    }
}
