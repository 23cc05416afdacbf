using Crescent.Kernels.Accounting;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Sft;

/// <summary>
/// How far a policy has moved from the base on the task trained on, which predicts forgetting (RL's Razor, arXiv 2509.04259): mean over the answer tokens of fresh in-distribution examples of KL(p || base) and KL(base || p), at every checkpoint. A measurement: it is in no loss and in no account of compute.
/// </summary>
internal sealed class BaseDistance : IDisposable
{
    private const int Examples = 64;
    private readonly IEngine engine;
    private readonly TokenBatch batch;

    public BaseDistance(IEngineFactory engines, DecoderSpec model, IJobContext job, TaskSpec task, ulong seed)
    {
        engine = engines.Create(model, job.ReadCheckpoint("base"));
        var source = task.Create();
        batch = TrainingExample.Batch(
            [.. Enumerable.Range(0, Examples).Select(row => source.Example(ExampleKind.FineTuning, new RandomStream(new RandomKey(seed, RandomPurpose.BaseDistance, (uint)row)), corruption: 0))]);
    }

    public void Record(IJobContext job, MeteredEngine policy, int step)
    {
        var statistics = policy.Measure(batch, engine);
        job.Metric("kl-to-base", step, statistics.ReverseKl.Average(value => (double)value));
        job.Metric("kl-from-base", step, statistics.ForwardKl.Average(value => (double)value));
    }

    public void Dispose() => engine.Dispose();
}
