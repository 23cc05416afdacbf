using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Sft;

/// <summary>A second engine that the policy is compared with: a frozen checkpoint, or the policy itself as it was at the last refresh.</summary>
internal sealed class ReferencePolicy : IDisposable
{
    private readonly IEngine engine;
    private readonly int refreshEvery;

    /// <param name="refreshEvery">Steps after which it becomes the policy of that moment; 0: never.</param>
    public ReferencePolicy(IEngineFactory engines, DecoderSpec model, TensorSet weights, int refreshEvery = 0)
    {
        engine = engines.Create(model, weights);
        this.refreshEvery = refreshEvery;
    }

    /// <summary>What a snapshot must keep of it: nothing where it is an input, or the same as the policy.</summary>
    public TensorSet Kept => refreshEvery > 1 ? engine.ReadWeights() : new TensorSet([]);

    public void Restore(TensorSet kept)
    {
        if (kept.Tensors.Count > 0)
        {
            engine.WriteWeights(kept);
        }
    }

    /// <summary>The engine to compare with at a step.</summary>
    public IEngine At(IEngine policy, int step)
    {
        if (refreshEvery > 0 && step % refreshEvery == 0)
        {
            engine.WriteWeights(policy.ReadWeights());
        }

        return engine;
    }

    public void Dispose() => engine.Dispose();
}
