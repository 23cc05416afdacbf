using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>What a backward pass needs of a forward pass. Its memory goes back to the engine when disposed.</summary>
internal sealed unsafe class CpuForwardPass(CpuEngine engine, PassMemory memory, BatchPlan plan, float temperature, int version, bool hasReference) : IForwardPass
{
    private TokenStatistics? statistics;

    public CpuEngine Engine => engine;

    public BatchPlan Plan => plan;

    public float Temperature => temperature;

    /// <summary>Version of the weights that it was made with.</summary>
    public int Version => version;

    public bool HasReference => hasReference;

    public bool IsDisposed { get; private set; }

    public PassMemory Memory => memory;

    public TokenStatistics Statistics
    {
        get => statistics!;
        init => statistics = value;
    }

    public void Dispose()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            engine.Return(memory);
        }
    }
}

/// <summary>Reused memory of one pass.</summary>
internal sealed unsafe class PassMemory(DecoderSpec model)
{
    private AlignedBuffer? logP, logQ, scales;

    public Activations Activations { get; } = new(model, keep: true);

    /// <summary>Log-probabilities of every target, a row each.</summary>
    public float* LogP { get; private set; }

    /// <summary>The reference's.</summary>
    public float* LogQ { get; private set; }

    /// <summary>The final norm's scale at every target.</summary>
    public float* Scales { get; private set; }

    public void Reserve(int tokens, int targets, int pitch, bool reference)
    {
        Activations.Reserve(tokens);
        LogP = AlignedBuffer.Grow(ref logP, (long)targets * pitch);
        LogQ = reference ? AlignedBuffer.Grow(ref logQ, (long)targets * pitch) : null;
        Scales = AlignedBuffer.Grow(ref scales, targets);
    }
}
